"""demo: an empty database becomes a town, a used one stays as it is, and production is never played with."""

import pytest
from sqlalchemy import text

from microblog import demo
from microblog.framework.database import Database


@pytest.fixture
def people(new_database, environment):
    """Counts the people of a database that the environment names."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)

    def count() -> int:
        with database.reading() as db:
            return db.scalar(text("SELECT count(*) FROM users"))

    yield count
    database.close()


def test_an_empty_database_is_filled_once(command, people):
    first, second = command("demo"), command("demo")
    assert (first.status, second.status, people()) == (0, 0, len(demo.people()))
    assert demo.PASSWORD in first.out
    assert second.out == "There are people already, so nothing was added.\n"


def test_in_production_nobody_is_added(command, environment, people):
    environment(MICROBLOG_ENV="production", PUBLIC_URL="https://example.org", SECRET_KEY="0f3a9c5e71b2d84640e1c7a95b3d2f68")
    done = command("demo")
    assert (done.status, done.out, people()) == (1, "", 0)
    assert "never added in production" in done.err
