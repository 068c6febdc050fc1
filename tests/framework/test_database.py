"""The way to Postgres: opened late, one engine a process, short waits, and nothing secret in what is said of it."""

import gc
import os

import pytest
from sqlalchemy import event, exc, text

from microblog.framework import database as module
from microblog.framework.database import Database, masked, normalized


@pytest.fixture
def database(migrated_url):
    made = Database(migrated_url, connections=2)
    yield made
    made.close()


def ask(database: Database, statement: str):
    with database.reading() as db:
        return db.scalar(text(statement))


@pytest.mark.row("MT-18.5")
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_spelling_of_the_address_is_understood(scheme):
    assert normalized(f"{scheme}://h/x") == "postgresql+psycopg2://h/x"


@pytest.mark.row("MT-04.1")
@pytest.mark.parametrize("url", ["", "sqlite:///app.db", "mysql://h/x", "h/x", "postgres", "postgresql+asyncpg://h/x"])
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(ValueError, match="postgresql://"):
        normalized(url)


@pytest.mark.parametrize(
    "url", ["postgresql://me:secret@h:5432/x", "postgres://me:secret@h/x", "postgresql://h/x?user=me&password=secret"]
)
def test_an_address_is_shown_without_its_password(url):
    assert "secret" not in masked(url)


def test_nothing_is_opened_until_it_is_used():
    Database("postgresql://nobody@192.0.2.1/nothing", connections=1).close()


def test_reading_begins_and_ends_without_a_round_trip(database):
    with database.reading() as db:
        assert db.connection().connection.dbapi_connection.autocommit


def test_reading_sees_what_others_commit_meanwhile(database):
    with database.reading() as reader, database.writing() as writer:
        seen = "SELECT count(*) FROM periodic_jobs WHERE name = 'jobs.tests.seen'"
        assert reader.scalar(text(seen)) == 0
        writer.execute(text("INSERT INTO periodic_jobs VALUES ('jobs.tests.seen', now())"))
        assert reader.scalar(text(seen)) == 0
        writer.commit()
        assert reader.scalar(text(seen)) == 1
        writer.execute(text("DELETE FROM periodic_jobs WHERE name = 'jobs.tests.seen'"))
        writer.commit()


@pytest.mark.row("MT-04.11")
def test_what_is_written_and_not_committed_is_gone(database):
    with database.writing() as db:
        db.execute(text("INSERT INTO periodic_jobs VALUES ('jobs.tests.gone', now())"))
    assert ask(database, "SELECT count(*) FROM periodic_jobs WHERE name = 'jobs.tests.gone'") == 0


@pytest.mark.row("MT-12.1")
@pytest.mark.parametrize(
    ("name", "value"),
    [("statement_timeout", "5s"), ("lock_timeout", "2s"), ("idle_in_transaction_session_timeout", "10s"), ("TimeZone", "UTC")],
)
def test_every_wait_is_short_and_every_clock_is_utc(database, name, value):
    assert ask(database, f"SHOW {name}") == value


def test_who_needs_longer_waits_says_so(migrated_url):
    database = Database(migrated_url, connections=1, name="tests", settings={"statement_timeout": "60000"})
    assert [ask(database, f"SHOW {name}") for name in ("statement_timeout", "lock_timeout", "application_name")] == [
        "1min",
        "2s",
        "tests",
    ]
    database.close()


def test_no_value_of_a_statement_is_told_in_an_error(database):
    with pytest.raises(exc.DataError) as found, database.writing() as db:
        db.execute(text("SELECT CAST(:password AS int)"), {"password": "correct horse"})
    assert "[SQL parameters hidden" in str(found.value)


def test_no_more_connections_are_opened_than_allowed(database, monkeypatch):
    monkeypatch.setattr(database.engine.pool, "_timeout", 0)
    with database.engine.connect(), database.engine.connect(), pytest.raises(exc.TimeoutError), database.engine.connect():
        pass


def test_a_process_has_one_engine(database):
    assert database.engine is database.engine


@pytest.mark.row("XC-03")
def test_a_forked_process_opens_connections_of_its_own(database):
    parents = ask(database, "SELECT pg_backend_pid()")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(ask(database, "SELECT pg_backend_pid()")).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with open(reader) as answer:
        childs = answer.read()
    assert childs.isdigit()
    assert int(childs) != parents
    assert ask(database, "SELECT pg_backend_pid()") == parents


def test_a_connection_that_died_while_it_lay_idle_is_replaced_unseen(database, migrated_url, monkeypatch):
    died = ask(database, "SELECT pg_backend_pid()")
    other = Database(migrated_url, connections=1)
    ask(other, f"SELECT pg_terminate_backend({died}, 2000)")
    other.close()
    monkeypatch.setattr(module, "IDLE_BEFORE_PING", -1.0)
    assert ask(database, "SELECT pg_backend_pid()") != died


def test_a_connection_that_was_just_used_is_not_asked_whether_it_lives(database):
    asked: list[str] = []
    ask(database, "SELECT 1")
    event.listen(database.engine, "before_cursor_execute", lambda *found: asked.append(found[2]))
    ask(database, "SELECT 2")
    assert asked == ["SELECT 2"]


def test_a_closed_database_opens_again_when_it_is_used(database):
    before = database.engine
    database.close()
    database.close()
    assert ask(database, "SELECT 1") == 1
    assert database.engine is not before


def test_a_connection_that_was_read_by_and_never_given_back_begins_transactions_again(database):
    db = database.reading()
    db.lent()
    del db
    gc.collect()
    with database.writing() as writer:
        assert not writer.connection().connection.dbapi_connection.autocommit
