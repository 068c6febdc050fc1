"""A profile: where the time of one kind of page goes, in this very process, so that nobody need guess.

The application answers random visitors of the town here, without uWSGI and nginx: first many requests by the clock alone, beside
the yardstick of the same page; then some with every statement listened to; then some under Python's profiler, which makes
everything slower and calls dearer than they are, but tells them apart.
"""

import cProfile
import io
import pstats
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import event

from .. import config
from ..app import Application
from ..config import ROOT
from . import BenchError, cuts, planting, sites, visitors
from .deeds import DEEDS, EXPECTED, Deeds
from .ground import Ground, dsn_of
from .loads import BY_TOKEN, CROWDS, PROBES, YARDSTICKS
from .loads import PAGES as LOADS
from .plan import Point
from .visitors import Crowds, Visitor
from .yardsticks import Yardsticks

PAGES = (*(name for name in PROBES if name not in ("bare", "file")), *DEEDS)
LIMITED = {kind for load in LOADS if load.site == YARDSTICKS for kind in load.kinds}  # the pages that have a yardstick
ROUNDS = 8  # in which the page and its yardstick take turns
LISTENED, PROFILED = 50, 200  # requests
MOST_FUNCTIONS = 25

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Any]


@dataclass(frozen=True)
class Cost:
    """Of one page: processor and elapsed milliseconds, the least and the middle of the rounds, and its bytes."""

    least: float
    middle: float
    elapsed: float
    size: int


@dataclass(frozen=True)
class Asked:
    """One statement of the page: how often a page asks it, milliseconds each time as Python sees it, and Postgres' own account
    of it: milliseconds to plan and to run, pages of 8 kB it looked at."""

    words: str
    times: float
    milliseconds: float
    planning: float
    running: float
    buffers: int


@dataclass(frozen=True)
class Profile:
    """All that was seen. `limit` is the yardstick of the same page, None where there is none; functions are lines of a table."""

    page: str
    cost: Cost
    limit: Cost | None
    template: float
    statements: Sequence[Asked]
    functions: Sequence[str]


def profile(page: str, ground: Ground, url: str, *, requests: int) -> Profile:
    """Look at a kind of page on a copy of the town."""
    with opened(ground, url) as (app, people, crowds, posts, limit, deeds):
        chance = Random(page)

        def one() -> Environ:
            if page in DEEDS:
                return environ_of(app, "home", chance, people, posts, crowds) | {"HTTP_COOKIE": ""} | deeds.environ(page)
            return environ_of(app, page, chance, people, posts, crowds)

        asked: list[Wsgi] = [app, limit] if page in LIMITED else [app]
        _costs(asked, one, max(requests // 4, 1), rounds=1)
        cost, *limits = _costs(asked, one, requests, rounds=ROUNDS)
        statements = _listen(app, one)
        template = _template(app, one, max(requests // 8, 1))
        return Profile(page, cost, limits[0] if limits else None, template, statements, _functions(app, one))


def text(found: Profile) -> str:
    """As people read it."""
    cost, limit = found.cost, found.limit
    lines = [
        f"{found.page}: {cost.size:,} bytes",
        f"  processor time of a page: {cost.least:.2f} ms at best, {cost.middle:.2f} in the middle",
        f"  elapsed: {cost.elapsed:.2f} ms",
    ]
    if limit:
        ratio = f"{cost.least / limit.least:.1f} and {cost.elapsed / limit.elapsed:.1f} times as much"
        lines.append(f"  its limit: {limit.least:.2f} ms, {limit.middle:.2f}; elapsed {limit.elapsed:.2f} ms ({ratio})")
    lines.append(f"  of that the template: {found.template:.2f} ms")
    lines += ["", "  a page asks", "    times      ms   plan    run  buffers"]
    for each in found.statements:
        figures = f"{each.times:9.2f} {each.milliseconds:7.2f} {each.planning:6.2f} {each.running:6.2f} {each.buffers:8,}"
        lines.append(f"{figures}  {each.words[:90]}")
    lines += ["", "  functions, by their own time under the profiler", *(f"    {line}" for line in found.functions)]
    return "\n".join(lines)


@contextmanager
def opened(ground: Ground, url: str) -> Iterator[tuple[Application, list[Visitor], Crowds, list[int], Yardsticks, Deeds]]:
    """The application on the town with everybody logged in and nobody's visit due to be noted, and who and what there is to ask
    for."""
    keys = {"SECRET_KEY": secrets.token_hex(32)}
    settled = config.read(sites.environment(url, Point(1, 1), port=sites.free_port(), keys=keys))
    app = Application(settled)
    with closing(planting.connect(dsn_of(url))) as connection:
        cursor = connection.cursor()
        people = visitors.admit(cursor, ground.town, cookies=app.cookies, forms=app.forms, key=keys["SECRET_KEY"])
        cursor.execute("UPDATE sessions SET last_used_at = now(); UPDATE access_tokens SET last_used_at = now()")
        cursor.execute("UPDATE users SET last_seen_at = now(); ANALYZE")
        cursor.execute("SELECT id FROM posts ORDER BY hashint8(id) LIMIT %s", [visitors.MOST_SAMPLES])
        posts = [post_id for (post_id,) in cursor.fetchall()]
        crowds = visitors.crowds(cursor, ground.town, people)
        chance = ground.town.chance("deeds")
        deeds = Deeds(chance, people, visitors.texts(chance, ground.town), visitors.possible_votes(cursor, chance, people))
    try:
        yield app, people, crowds, posts, Yardsticks(dsn_of(url), cuts.cut(settled)), deeds
    finally:
        app.database.close()


def environ_of(app: Application, page: str, chance: Random, people: list[Visitor], posts: list[int], crowds: Crowds) -> Environ:
    """A request of somebody for a page of the kind, as uWSGI hands it over."""
    reader, other = chance.choice(people), chance.choice(people)
    one = chance.choice(crowds[CROWDS.get(page, "public")])
    if page in CROWDS:
        reader = people[one.place]
    search = chance.choice(visitors.searches(chance, page)) if page.startswith("search") else ""
    wanted = PROBES[page][0].format(
        username=other.username, post=chance.choice(posts), search=visitors.quote_plus(search), before=one.before
    )
    path, _, query = wanted.replace("/users/1/", f"/users/{other.id}/").partition("?")
    by = {"HTTP_AUTHORIZATION": f"Bearer {reader.access_token}"} if page in BY_TOKEN else {"HTTP_COOKIE": reader.cookie}
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": app.config.mount,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": str(app.config.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": app.config.host,
        "HTTP_ACCEPT_LANGUAGE": "en",
        "HTTP_USER_AGENT": "profile",
        "HTTP_X_REQUEST_ID": secrets.token_hex(16),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": app.config.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **by,
    }


def answer(wsgi: Wsgi, environ: Environ) -> int:
    """The size of an answer; one that is not good ends the profile."""
    statuses: list[str] = []
    body = wsgi(environ, lambda status, headers, *rest: statuses.append(status))
    size = sum(map(len, body))
    getattr(body, "close", int)()
    if not statuses[0].startswith(environ.get(EXPECTED, "200")):
        raise BenchError(f"{environ['PATH_INFO']} answers {statuses[0]}.")
    return size


def _costs(asked: Sequence[Wsgi], one: Callable[[], Environ], requests: int, *, rounds: int) -> list[Cost]:
    """What each costs, in rounds in which they take turns: what else goes on meets them alike."""
    seen: list[list[tuple[float, float, int]]] = [[] for _ in asked]
    for _ in range(rounds):
        for wsgi, found in zip(asked, seen, strict=True):
            environs = [one() for _ in range(max(requests // rounds, 1))]
            processor, elapsed = time.process_time(), time.perf_counter()
            size = sum(answer(wsgi, environ) for environ in environs) // len(environs)
            per = 1000 / len(environs)
            found.append(((time.process_time() - processor) * per, (time.perf_counter() - elapsed) * per, size))
    return [
        Cost(min(p for p, _, _ in found), median(p for p, _, _ in found), min(e for _, e, _ in found), found[-1][2])
        for found in seen
    ]


def _listen(app: Application, one: Callable[[], Environ]) -> list[Asked]:
    """Each statement of some requests, in the order in which they are asked first, and once with Postgres' own account."""
    heard: dict[str, list[float]] = {}
    samples: dict[str, Any] = {}
    begun = [0.0]

    def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        samples.setdefault(statement, parameters)
        begun[0] = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.setdefault(statement, []).append((time.perf_counter() - begun[0]) * 1000)

    engine = app.database.engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    for _ in range(LISTENED):
        answer(app, one())
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        return [_asked(cursor, statement, times, samples[statement]) for statement, times in heard.items()]


def _asked(cursor: Any, statement: str, times: list[float], sample: Any) -> Asked:
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", sample)
    plan = cursor.fetchone()[0][0]
    buffers = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    words = re.sub(r"\s+", " ", statement)
    return Asked(words, len(times) / LISTENED, median(times), plan["Planning Time"], plan["Execution Time"], buffers)


def _template(app: Application, one: Callable[[], Environ], requests: int) -> float:
    """Processor milliseconds that a page's template takes; 0 for a page without one, or that is drawn already."""
    taken, render = [0.0], app.templates.render

    def timed(*arguments: Any) -> str:
        begun = time.thread_time()
        try:
            return render(*arguments)
        finally:
            taken[0] += time.thread_time() - begun

    app.templates.render = timed  # type: ignore[method-assign,assignment]
    for _ in range(requests):
        answer(app, one())
    app.templates.render = render  # type: ignore[method-assign]
    return taken[0] * 1000 / requests


def _functions(app: Application, one: Callable[[], Environ]) -> list[str]:
    """The functions that take the most time themselves: calls a page, microseconds a page, and where they are."""
    environs = [one() for _ in range(PROFILED)]
    watch = cProfile.Profile()
    watch.enable()
    for environ in environs:
        answer(app, environ)
    watch.disable()
    found = pstats.Stats(watch).stats.items()  # type: ignore[attr-defined]
    dearest = sorted(found, key=lambda item: item[1][2], reverse=True)[:MOST_FUNCTIONS]
    return [
        f"{calls / PROFILED:8.1f} {own * 1e6 / PROFILED:8.0f} µs  {_place(file)}{f':{line}' if line else ''} {name}"
        for (file, line, name), (_, calls, own, _, _) in dearest
    ]


def _place(file: str) -> str:
    """A file as one knows it: below the project, or below the packages."""
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    return file.rpartition("site-packages/")[2] if "site-packages" in file else "" if file == "~" else path.name
