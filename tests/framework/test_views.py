"""Views: one connection whatever is asked of them, given back, and another one where it was lost."""

import psycopg2
import pytest
from sqlalchemy import func, select, text

from microblog.framework.database import Database
from microblog.framework.statements import Statement

WHO = Statement(select(func.pg_backend_pid().label("pid")))


@pytest.fixture
def database(database_url):
    database = Database(database_url, connections=2)
    yield database
    database.close()


def test_a_view_has_one_connection_whatever_is_asked_of_it(database):
    with database.reading() as db:
        first = db.connection()
        assert db.scalar(text("SELECT 1")) == 1
        assert db.connection() is first
        assert db.lent() is first.connection
        assert db.execute(text("SELECT pg_backend_pid()")).scalar() == first.scalar(text("SELECT pg_backend_pid()"))
        assert database.engine.pool.checkedout() == 1
    assert database.engine.pool.checkedout() == 0


def test_a_view_that_was_closed_may_be_asked_again(database):
    db = database.reading()
    assert db.scalar(text("SELECT 1")) == 1
    db.close()
    db.close()
    assert database.engine.pool.checkedout() == 0
    assert db.scalar(text("SELECT 2")) == 2
    db.close()
    assert database.engine.pool.checkedout() == 0


def test_a_statement_needs_no_session(database):
    with database.reading() as db:
        pid = WHO.one_or_none(db).pid
        assert db.connection().connection is db.lent()
        assert db.scalar(text("SELECT pg_backend_pid()")) == pid


@pytest.mark.parametrize("with_session", [False, True])
def test_a_view_that_lost_its_connection_gets_another(database, with_session):
    with database.reading() as db:
        if with_session:
            assert db.scalar(text("SELECT 1")) == 1
        lost = WHO.one_or_none(db).pid
        with pytest.raises(psycopg2.OperationalError):
            Statement(select(func.pg_terminate_backend(func.pg_backend_pid()))).all(db)
        assert WHO.one_or_none(db).pid != lost
        assert db.scalar(text("SELECT pg_backend_pid()")) == WHO.one_or_none(db).pid
    assert database.engine.pool.checkedout() == 0
