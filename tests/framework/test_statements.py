"""Statements of hot pages: the same rows as SQLAlchemy gives, planned once, and a connection that broke is lent to nobody."""

from datetime import timedelta

import psycopg2
import pytest
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    LargeBinary,
    String,
    any_,
    bindparam,
    cast,
    column,
    event,
    func,
    literal,
    select,
    table,
    text,
)

from microblog.framework import statements
from microblog.framework.database import Database
from microblog.framework.statements import PREPARED, Statement

KEPT = text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'microblog%'")
ODD = "100% of %(x)s, 'quoted' \\ and 한글"


@pytest.fixture
def database(database_url):
    database = Database(database_url, connections=1)
    yield database
    database.close()


@pytest.fixture(params=["prepared", "plain"])
def db(database, request):
    """A session on a connection that keeps statements, and on one that does not."""
    with database.reading() as db:
        if request.param == "plain":
            db.connection().info.pop(PREPARED)
        yield db


def test_values_and_constants_come_back_as_they_went(db):
    asked = select(
        bindparam("word", type_=String).label("word"),
        cast(bindparam("bytes", type_=LargeBinary), LargeBinary).label("bytes"),
        literal(ODD).label("odd"),
        literal(timedelta(minutes=1)).label("minute"),
        cast(bindparam("list", type_=ARRAY(String)), ARRAY(String, as_tuple=True)).label("list"),
    )
    for _ in range(2):
        (row,) = Statement(asked).all(db, word=ODD, bytes=b"\0%s", list=["a%", "b"])
        assert (row.word, row.odd, row.minute, row.list) == (ODD, ODD, timedelta(minutes=1), ("a%", "b"))
        assert bytes(row.bytes) == b"\0%s"


def test_nothing_and_one_and_several_rows(db):
    numbers = func.generate_series(1, bindparam("most", type_=Integer)).column_valued("number")
    statement = Statement(select(numbers.label("number")))
    assert [row.number for row in statement.all(db, most=3)] == [1, 2, 3]
    assert statement.one_or_none(db, most=0) is None
    assert statement.one_or_none(db, most=1).number == 1


def test_a_list_of_constants_and_a_number_that_is_too_great_are_no_error(db):
    number = cast(literal(2), Integer)
    among = Statement(select(literal("x").in_(["x", "y%"]).label("yes"), (number == bindparam("n", type_=Integer)).label("same")))
    assert tuple(among.one_or_none(db, n=2**62)) == (True, False)


def test_a_statement_is_planned_once_by_each_connection(database):
    statement = Statement(select(bindparam("n", type_=BigInteger).label("n")))
    for _ in range(3):
        with database.reading() as db:
            assert statement.one_or_none(db, n=5).n == 5
            assert db.scalar(KEPT) == 1
    with database.writing() as db:
        assert statement.one_or_none(db, n=6).n == 6
        db.rollback()
        assert statement.one_or_none(db, n=7).n == 7
        assert db.scalar(KEPT) == 1


def test_no_value_makes_postgres_plan_again(database):
    """Seen to fail without PREPARING: for a list of one Postgres prefers a plan of its own each time."""
    tables = select(column("relpages")).select_from(table("pg_class"))
    tables = Statement(tables.where(column("relname", String) == any_(bindparam("names", type_=ARRAY(String)))))
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = :name"
    with database.reading() as db:
        for _ in range(8):
            assert len(tables.all(db, names=["pg_class"])) == 1
        assert tuple(db.execute(text(plans), {"name": tables.name}).one()) == (8, 0)


def test_what_is_fixed_is_a_part_of_the_statement(database):
    with database.reading() as db:
        statement = Statement(select(func.generate_series(1, 9).label("n")).limit(bindparam("most")), most=2)
        assert [row.n for row in statement.all(db)] == [1, 2]
        assert "LIMIT 2" in db.scalar(text("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'microblog%'"))


def test_a_connection_keeps_a_bounded_number_of_them(database, monkeypatch):
    monkeypatch.setattr(statements, "MOST_PREPARED", 2)
    with database.reading() as db:
        assert [Statement(select(literal(n).label("n"))).one_or_none(db).n for n in range(4)] == [0, 1, 2, 3]
        assert db.scalar(KEPT) == 2


def test_whoever_listens_to_statements_hears_of_these(database):
    heard = []
    for moment in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(database.engine, moment, lambda *found, moment=moment: heard.append((moment, found[2], found[3])))
    with database.reading() as db:
        Statement(select(bindparam("n", type_=Integer).label("n"))).all(db, n=1)
    assert heard == [
        ("before_cursor_execute", "SELECT %(n)s AS n", {"n": 1}),
        ("after_cursor_execute", "SELECT %(n)s AS n", {"n": 1}),
    ]


def test_a_connection_that_broke_is_lent_to_nobody(database):
    statement = Statement(select(func.pg_backend_pid().label("pid")))
    with database.reading() as db:
        broken = statement.one_or_none(db).pid
        with pytest.raises(psycopg2.OperationalError):
            Statement(select(func.pg_terminate_backend(func.pg_backend_pid()))).all(db)
    with database.reading() as db:
        assert statement.one_or_none(db).pid != broken


def test_a_statement_whose_plan_hangs_on_its_values_is_not_kept(database):
    with database.reading() as db:
        assert Statement(select(bindparam("n", type_=Integer).label("n")), kept=False).one_or_none(db, n=1).n == 1
        assert db.scalar(KEPT) == 0
