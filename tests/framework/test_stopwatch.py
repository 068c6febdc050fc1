"""The stopwatch: each thread's own, counting what the driver is asked, and a slow statement says what it was."""

import logging
import threading

import psycopg2
import pytest
from sqlalchemy import Integer, bindparam, func, select, text

from microblog.framework import stopwatch
from microblog.framework.database import Database
from microblog.framework.statements import Statement


@pytest.fixture
def database(database_url):
    """A database whose connection is open already, for opening it asks things of its own."""
    database = Database(database_url, connections=1, slow_ms=50)
    with database.reading() as db:
        db.execute(text("SELECT 1"))
    stopwatch.begin(lambda: {"request_id": "abc"})
    yield database
    database.close()


@pytest.fixture(autouse=True)
def begun():
    stopwatch.begin(lambda: {"request_id": "abc"})
    yield
    stopwatch.end()


def test_statements_and_their_time_are_counted(database):
    with database.writing() as db:
        db.execute(text("SELECT 1"))
        db.execute(text("SELECT pg_sleep(0.02)"))
        Statement(select(func.pg_sleep(0.02))).all(db)
        db.commit()
    seconds, in_database, statements = stopwatch.read()
    assert statements == 4  # the third was prepared first
    assert 0.04 <= in_database <= seconds


def test_a_statement_that_fails_counts_too(database):
    with database.reading() as db, pytest.raises(Exception, match="no_such_table"):
        db.execute(text("SELECT * FROM no_such_table"))
    assert stopwatch.read()[2] == 1


def test_each_thread_has_its_own(database):
    seen = []

    def other() -> None:
        stopwatch.begin(dict)
        seen.append(stopwatch.read()[2])

    with database.reading() as db:
        db.execute(text("SELECT 1"))
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert (seen, stopwatch.read()[2]) == ([0], 1)


def test_a_slow_statement_is_written_down_without_its_values(database, caplog):
    with caplog.at_level(logging.WARNING, stopwatch.log.name), database.reading() as db:
        db.execute(text("SELECT pg_sleep(0.06), :secret"), {"secret": "hidden"})
        db.execute(text("SELECT 1"))
        Statement(select(func.pg_sleep(0.06), (bindparam("n", type_=Integer) + 4711).label("n"))).all(db, n=815)
    first, second = (record.getMessage() for record in caplog.records)
    assert "pg_sleep" in first
    assert "hidden" not in first
    assert "%(n)s + 4711" in second
    assert "815" not in second
    assert "EXECUTE" not in second


def test_where_nothing_is_slow_enough_nothing_is_written(database_url, caplog):
    database = Database(database_url, connections=1, slow_ms=0)
    with caplog.at_level(logging.WARNING, stopwatch.log.name), database.reading() as db:
        db.execute(text("SELECT pg_sleep(0.06)"))
    database.close()
    assert not caplog.records
    assert stopwatch.read()[2] >= 1


def test_between_two_pieces_of_work_there_is_nobody():
    assert stopwatch.marks() == {"request_id": "abc"}
    stopwatch.end()
    assert stopwatch.marks() == {}


def test_what_has_values_in_it_is_not_shown(database_url, caplog):
    plain = psycopg2.connect(
        Database(database_url, connections=1).url.set(drivername="postgresql").render_as_string(hide_password=False),
        **stopwatch.factories(20),
    )
    with caplog.at_level(logging.WARNING, stopwatch.log.name), plain.cursor() as cursor:
        cursor.execute(cursor.mogrify("SELECT pg_sleep(0.03), %s", ["hidden"]))
    plain.close()
    (record,) = caplog.records
    assert "hidden" not in record.getMessage()
