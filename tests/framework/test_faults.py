"""Database trouble, told apart: each kind as Postgres itself makes it."""

import psycopg2
import pytest
from sqlalchemy import exc, text

from microblog.framework.database import Database
from microblog.framework.faults import Fault, constraint_of, fault_of, is_lost


def caught(db, statement: str, **values: object) -> Exception:
    """The exception that a statement ends with; the transaction goes on."""
    with pytest.raises(Exception) as found, db.begin_nested():  # noqa: PT011
        db.execute(text(statement), values)
    return found.value


RAISE = "DO $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{}'; END $$"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("INSERT INTO users (username) VALUES ('a'), ('A')", Fault.TAKEN),
        ("INSERT INTO users (username) VALUES ('not a name')", Fault.TAKEN),
        ("INSERT INTO users (username) VALUES (NULL)", Fault.TAKEN),
        ("INSERT INTO followers VALUES (-1, -2)", Fault.TAKEN),
        ("SELECT 2147483648::int", Fault.UNFIT),
        ("SELECT 1 OFFSET -1", Fault.UNFIT),
        (r"SELECT '\u0000'::jsonb", Fault.UNFIT),
        ("SELECT convert_from('\\xff', 'UTF8')", Fault.UNFIT),
        ("SET LOCAL statement_timeout = 5; SELECT pg_sleep(5)", Fault.SLOW),
        (RAISE.format("55P03"), Fault.SLOW),
        (RAISE.format("40001"), Fault.COLLISION),
        (RAISE.format("40P01"), Fault.COLLISION),
        (RAISE.format("25006"), Fault.AWAY),
        (RAISE.format("53300"), Fault.AWAY),
        (RAISE.format("57P01"), Fault.AWAY),
        (RAISE.format("08006"), Fault.AWAY),
        (RAISE.format("54000"), Fault.UNFIT),
        ("SELECT nonsense", None),
        (RAISE.format("25P02"), None),
    ],
)
def test_each_kind_of_trouble_is_told_apart(db, statement, fault):
    assert fault_of(caught(db, statement)) is fault


def test_what_the_driver_itself_refuses_is_no_fault_of_the_database(db):
    assert fault_of(caught(db, "SELECT :value", value="a\0b")) is None


def test_a_write_to_a_view_for_reading_alone_is_away(db):
    assert fault_of(caught(db, "SET LOCAL transaction_read_only = on; INSERT INTO users (username) VALUES ('a')")) is Fault.AWAY


def test_a_server_that_is_not_there_is_away():
    database = Database("postgresql://nobody@127.0.0.1:9/nothing", connections=1)
    with pytest.raises(exc.OperationalError) as found, database.reading() as db:
        db.execute(text("SELECT 1"))
    assert fault_of(found.value) is Fault.AWAY


def test_a_pool_without_a_free_connection_is_away():
    assert fault_of(exc.TimeoutError("QueuePool limit reached")) is Fault.AWAY


def test_a_connection_that_was_lost_is_away():
    lost = exc.DBAPIError("SELECT 1", {}, psycopg2.InterfaceError("closed"), connection_invalidated=True)
    assert fault_of(lost) is Fault.AWAY


@pytest.mark.parametrize(
    "error", [ValueError("a"), KeyError("a"), exc.NoResultFound(), exc.DBAPIError("x", {}, Exception("unknown"))]
)
def test_what_is_no_trouble_of_the_database_is_no_fault(error):
    assert fault_of(error) is None


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("INSERT INTO users (username) VALUES ('a'), ('A')", "uq__users__lower_username"),
        ("INSERT INTO users (username) VALUES ('not a name')", "ck__users__username"),
        ("INSERT INTO users (username) VALUES (NULL)", ""),
    ],
)
def test_the_constraint_that_said_no_is_known_by_name(db, statement, name):
    assert constraint_of(caught(db, statement)) == name


def test_trouble_that_is_not_of_postgres_has_no_constraint():
    assert constraint_of(exc.IntegrityError("x", {}, Exception("?"))) == ""


def test_a_connection_that_dies_as_it_is_given_back_is_away():
    assert fault_of(psycopg2.OperationalError("server closed the connection unexpectedly")) is Fault.AWAY
    assert fault_of(psycopg2.InterfaceError("connection already closed")) is Fault.AWAY
    assert fault_of(psycopg2.ProgrammingError("no results to fetch")) is None


def test_a_connection_whose_server_was_killed_under_a_statement_is_away_though_the_driver_does_not_say_so():
    killed = psycopg2.DatabaseError("server closed the connection unexpectedly\n\tThis probably means the server terminated …")
    assert fault_of(killed) is Fault.AWAY
    assert is_lost(killed)
    assert not is_lost(psycopg2.DatabaseError("error with no message from the libpq"))
