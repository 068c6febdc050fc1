"""Behind a pooler: no session is told anything, and the role brings what sessions used to begin with."""

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.engine import make_url

from microblog.framework import pooler
from microblog.framework.database import SESSION_SETTINGS, Database
from microblog.framework.statements import PREPARED, Statement

ANSWER = Statement(select(literal(42).label("answer")))


@pytest.fixture
def url(new_database) -> str:
    return new_database(migrated=False)


@pytest.fixture
def open_database(url):
    """Opens the way to a database of one's own; as another role where one is named."""
    made: list[Database] = []

    def make(role: str = "", **options) -> Database:
        address = make_url(url).set(username=role) if role else make_url(url)
        made.append(Database(address.render_as_string(hide_password=False), connections=1, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def shown(database: Database) -> dict[str, str]:
    """What a fresh connection begins with, and where that comes from."""
    database.close()
    names = [name.lower() for name in SESSION_SETTINGS]
    with database.reading() as db:
        found = db.execute(text("SELECT lower(name), source FROM pg_settings WHERE lower(name) = ANY(:names)"), {"names": names})
        return dict(found.all())


def test_nothing_is_sent_and_nothing_is_prepared(open_database):
    pooled = open_database(pooled=True, settings={"statement_timeout": "1"})
    assert "client" not in shown(pooled).values()
    with pooled.reading() as db:
        assert db.connection().info.get(PREPARED) is None
        assert ANSWER.one_or_none(db).answer == 42
        assert db.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0


def test_the_role_brings_what_is_not_sent(open_database):
    direct, pooled = open_database(), open_database(pooled=True)
    assert sorted(pooler.not_in_force(pooled)) == sorted(set(SESSION_SETTINGS) - ({"timezone"} if _is_utc(pooled) else set()))
    assert pooler.settle(direct, pooled)
    pooled.close()
    assert pooler.not_in_force(pooled) == []
    assert set(shown(pooled).values()) == {"database user"}


def _is_utc(database: Database) -> bool:
    with database.reading() as db:
        return db.scalar(text("SHOW timezone")) == "UTC"


def test_it_is_written_once(open_database):
    direct, pooled = open_database(), open_database(pooled=True)
    assert [pooler.settle(direct, pooled) for _ in range(3)] == [True, False, False]


def test_what_is_sent_wins_and_other_databases_are_left_alone(open_database, migrated_url):
    direct, pooled = open_database(), open_database(pooled=True)
    pooler.settle(direct, pooled)
    worker = open_database(settings={"statement_timeout": "60000"})
    assert shown(worker)["statement_timeout"] == "client"
    with worker.reading() as db:
        assert db.scalar(text("SHOW statement_timeout")) == "1min"
    elsewhere = Database(migrated_url, connections=1, pooled=True)
    assert shown(elsewhere)["statement_timeout"] == "default"
    elsewhere.close()


def test_a_connection_from_before_is_noticed(open_database):
    direct, pooled = open_database(), open_database(pooled=True)
    with pooled.reading() as db:
        db.scalar(text("SELECT 1"))
    pooler.settle(direct, pooled)
    assert "statement_timeout" in pooler.not_in_force(pooled)


def test_who_may_not_is_told_what_a_superuser_would_write(open_database):
    with pytest.raises(pooler.Unsettled) as refusal:
        pooler.settle(open_database(), open_database("postgres", pooled=True))
    lines = str(refusal.value).splitlines()
    assert len(lines) == 1 + len(SESSION_SETTINGS)
    assert all(line.startswith('    ALTER ROLE "postgres" IN DATABASE "microblog_test_') for line in lines[1:])
    assert lines[1].endswith("SET statement_timeout = '5000';")
