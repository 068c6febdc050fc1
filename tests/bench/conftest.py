"""A small town for the tests of the load test, planted once; what a test changes in it is undone."""

from collections.abc import Callable, Iterator
from contextlib import closing
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


@pytest.fixture(scope="session")
def town_site(town_url: str, small_town: Town) -> Iterator[Site]:
    settings = sites.environment(town_url, Point(1, 1), port=9, keys=KEYS)
    app = Application(config.read(settings))
    with closing(planting.connect(dsn_of(town_url))) as connection:
        cursor = connection.cursor()
        people = visitors.admit(cursor, small_town, cookies=app.cookies, forms=app.forms, key=KEYS["SECRET_KEY"])
        yield Site(app, people, app.config.public_url)
        cursor.execute("TRUNCATE sessions, access_tokens")
    app.database.close()


SAMPLE = Path(__file__).parent / "report.json"
