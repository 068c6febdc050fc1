"""A small town for the tests of the load test, planted once; what a test changes in it is undone."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from microblog import config
from microblog.app import Application
from microblog.bench import planting, sites, visitors
from microblog.bench.ground import dsn_of
from microblog.bench.loads import GROWTH
from microblog.bench.plan import Point
from microblog.bench.town import Town
from microblog.bench.visitors import Visitor

from ..conftest import program

KEYS = {"SECRET_KEY": "7c1f0b93d2e84a56b1f7a0c4e9d3586222aa"}


@pytest.fixture(scope="session")
def wrk() -> str:
    return program("wrk")


@pytest.fixture(scope="session")
def small_town() -> Town:
    return Town(people=30, posts=500, until=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))


@pytest.fixture(scope="session")
def town_url(new_database: Callable[[], str], small_town: Town) -> str:
    """The address of a database with the town in it."""
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    return url


@pytest.fixture
def cursor(town_url: str) -> Iterator[Any]:
    """A look into the town. What is changed through it is undone."""
    with closing(psycopg2.connect(dsn_of(town_url), options="-c timezone=UTC")) as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def asked(cursor: Any) -> Callable[..., list[tuple[Any, ...]]]:
    """What the database says."""

    def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor.execute(statement, values or None)
        return cursor.fetchall()

    return ask


@dataclass
class Site:
    """The product on the town, with everybody logged in."""

    app: Application
    visitors: list[Visitor]
    url: str


@contextmanager
def opened(url: str, town: Town) -> Iterator[Site]:
    """The product on a database with the town in it."""
    settings = sites.environment(url, Point(1, 1), port=9, keys=KEYS)
    app = Application(config.read(settings))
    with closing(planting.connect(dsn_of(url))) as connection:
        cursor = connection.cursor()
        people = visitors.admit(cursor, town, cookies=app.cookies, forms=app.forms, key=KEYS["SECRET_KEY"])
        yield Site(app, people, app.config.public_url)
        cursor.execute("TRUNCATE sessions, access_tokens")
    app.database.close()


@pytest.fixture(scope="session")
def town_site(town_url: str, small_town: Town) -> Iterator[Site]:
    """A site for looking at; whoever does something there does it to others."""
    with opened(town_url, small_town) as site:
        yield site


SAMPLE = Path(__file__).parent / "report.json"


def long_sample(*, violations: Sequence[str] = ()) -> dict[str, Any]:
    """What a long run reports, as JSON has it: each page costs 2 ms, in the large town 2.2."""

    def figure(middle: float) -> dict[str, float]:
        return {"middle": middle, "least": middle * 0.9, "most": middle * 1.2}

    def page(name: str, cost: float, half: float) -> dict[str, Any]:
        sample = {"cpu": {"worker": cost - 0.5, "postgres": 0.5, "nginx": 0.1}}
        return {"summary": {"load": name, "p50": figure(half)}, "samples": [sample, sample]}

    def looked(times: int) -> dict[str, Any]:
        reach = {"middle": 100, "most": 900 * times, "words": "often"}
        return {"searches": 75, "reads_all": [], "buffers": reach, "posts": reach, "named": reach, "sorted": reach}

    halves = {"search": 24.0, "rare words": 16.0, "common words": 40.0}
    pages = {
        town: {load.name: page(load.name, cost, halves.get(load.name, 8.0)) for load in GROWTH}
        for town, cost in (("small", 2.0), ("large", 2.2))
    }
    worker = {"begun": 40.0, "warm": 52.5, "ended": 53.0, "requests": 110_123, "slope": 45.0}
    report = json.loads(SAMPLE.read_text("utf-8"))
    return {
        **{name: report[name] for name in ("started_at", "seconds", "plan", "machine", "town")},
        "point": "2x1",
        "growth": {
            "towns": {"small": {"posts": 200_000, "seconds": 20.0}, "large": {"posts": 2_000_000, "seconds": 150.0}},
            "pages": pages,
            "searches": {"small": looked(1), "large": looked(2)},
            "violations": [],
        },
        "memory": {
            "warmed": 10_000,
            "workers": [worker, worker | {"warm": 54.0, "slope": -12.0}],
            "jobs": {"begun": 39.0, "ended": 47.0, "done": 6_000, "failed": 0},
            "violations": [*violations],
        },
        "starts": {"first": 6.5, "run": figure(2.0), "fork": figure(0.4), "page": figure(0.6)},
        "threads": {
            "connections": [16, 64],
            "points": ["2x1", "2x2"],
            "shares": {"home by 16": figure(0.9), "home by 64": figure(0.8)},
            "tails": {"home by 64 at 2x1": figure(2.5), "home by 64 at 2x2": figure(5.0)},
            "violations": [],
        },
    }
