"""How far a search looks: Postgres' own account of each, so that a bound is seen and need not be believed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import event

from . import profile, visitors
from .ground import Ground
from .vocabulary import tongues

SEARCHES = 60  # of those that loads ask for
COMMONEST = 5  # words of each language besides

Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """What one statement looked at: pages of 8 kB, posts one by one, entries that an index of words named, the rows of its
    greatest sort that kept more than were wanted, and whether it read the table from end to end."""

    buffers: int
    posts: int
    named: int
    sorted: int
    reads_all: bool


def reach(plan: Plan) -> Reach:
    """Of a plan that was run, as EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) has it."""
    nodes = [node for node in _nodes(plan) if node["Actual Loops"]]
    of_posts = [node for node in nodes if node.get("Relation Name") == "posts"]
    named = [node for node in nodes if node["Node Type"] == "Bitmap Index Scan" and "search" in node.get("Index Name", "")]
    sorts = [node for node in nodes if node["Node Type"] == "Sort" and "top-N" not in node.get("Sort Method", "")]
    return Reach(
        buffers=plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
        posts=sum(map(_rows, of_posts)),
        named=sum(map(_rows, named)),
        sorted=max(map(_rows, sorts), default=0),
        reads_all=any(node["Node Type"] == "Seq Scan" for node in of_posts),
    )


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _rows(node: Plan) -> int:
    """Those that a node gave, and those that it looked at and threw away."""
    thrown = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
    return round((node["Actual Rows"] + thrown) * node["Actual Loops"])


def searched(ground: Ground, url: str) -> dict[str, Any]:
    """Search a copy of a town as people do and for the commonest words there are; gives how far all that went."""
    chance = Random("plans")
    words = chance.sample(visitors.searches(chance), SEARCHES)
    words += [word for tongue in tongues().values() for word in tongue.words[:COMMONEST]]
    with profile.opened(ground, url) as (app, people, *_):
        found = []
        for each in words:
            environ = profile.environ_of(app, "search", chance, people, [0], {"public": [visitors.Reader(0)]})
            environ["QUERY_STRING"] = f"q={visitors.quote_plus(each)}"
            found += [(each, reach(plan)) for plan in _explained(app, environ)]
    return summary(found)


def _explained(app: Any, environ: profile.Environ) -> list[Plan]:
    """The plans of what a request asks of the words of posts."""
    heard: list[tuple[str, Any]] = []

    def take(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "posts.search" in statement:
            heard.append((statement, parameters))

    engine = app.database.engine
    event.listen(engine, "before_cursor_execute", take)
    try:
        profile.answer(app, environ)
    finally:
        event.remove(engine, "before_cursor_execute", take)
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        plans = []
        for statement, parameters in heard:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
            plans.append(cursor.fetchone()[0][0]["Plan"])
        return plans


def summary(found: Sequence[tuple[str, Reach]]) -> dict[str, Any]:
    """The middle and the most of all, with the words that went farthest."""
    numbers = {}
    for name in ("buffers", "posts", "named", "sorted"):
        words, most = max(found, key=lambda pair: getattr(pair[1], name))
        numbers[name] = {"middle": median(getattr(each, name) for _, each in found), "most": asdict(most)[name], "words": words}
    return {"searches": len(found), "reads_all": sorted({words for words, each in found if each.reads_all}), **numbers}
