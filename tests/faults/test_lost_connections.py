"""Connections that die while somebody holds them: the answer that was ready is given, and the pool is no smaller for it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import text

from microblog.framework.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A pool with one place, whose connection has been in use before: SQLAlchemy treats the first time differently."""
    database = Database(database_url, connections=1)
    for _ in range(3):
        with database.reading() as db:
            db.scalar(text("SELECT 1"))
    yield database
    database.close()


def cut(database_url: str, pid: int) -> None:
    """End a connection from the other side, as a restart of Postgres does, and wait until it is gone."""
    other = Database(database_url, connections=1)
    with other.reading() as db:
        assert db.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.close()


def test_a_reader_whose_connection_dies_after_the_last_query_does_not_notice(database: Database, database_url: str):
    with database.reading() as db:
        cut(database_url, db.scalar(text("SELECT pg_backend_pid()")))
        db.commit()


def test_a_connection_that_died_in_use_leaves_its_place_to_another(database: Database, database_url: str):
    with suppress(Exception), database.reading() as db:  # whether that may be is the other test's question
        cut(database_url, db.scalar(text("SELECT pg_backend_pid()")))
    for _ in range(2):  # the first may find the dead one
        try:
            with database.reading() as db:
                assert db.scalar(text("SELECT 1")) == 1
            return
        except Exception as error:
            failed = error
    raise failed


def test_giving_a_connection_back_after_reading_asks_the_server_nothing(database: Database, database_url: str):
    with database.reading() as db:
        pid = db.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database_url, connections=1)
    with other.reading() as db:
        assert db.scalar(text("SELECT query FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid}) == "SELECT pg_backend_pid()"
    other.close()
