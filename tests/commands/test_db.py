"""db: the schema goes up and down, and what models and database differ in becomes a migration."""

import re

import pytest
from sqlalchemy import inspect, text

from microblog import migrations
from microblog.framework.database import Database


@pytest.fixture
def database(new_database, environment):
    """Makes a database and names it in the environment."""
    made: list[Database] = []

    def make(*, migrated: bool = True) -> Database:
        url = new_database(migrated=migrated)
        environment(DATABASE_URL=url)
        made.append(Database(url, connections=1))
        return made[-1]

    yield make
    for one in made:
        one.close()


def execute(database: Database, statement: str) -> None:
    with database.writing() as db:
        db.execute(text(statement))
        db.commit()


@pytest.mark.row("MT-04.6")
def test_upgrade_applies_what_is_missing_and_says_where_the_database_is(command, database):
    one = database(migrated=False)
    for _ in range(2):
        done = command("db", "upgrade")
        assert (done.status, done.out) == (0, f"The database is at {migrations.head()}.\n")
    assert migrations.current(one) == migrations.head()


@pytest.mark.row("MT-04.7")
def test_downgrade_undoes_the_last(command, database):
    one = database()
    assert command("db", "downgrade").status == 0
    assert migrations.current(one) == f"{int(migrations.head()) - 1:04d}"


def test_both_go_as_far_as_they_are_told(command, database):
    one = database(migrated=False)
    assert command("db", "upgrade", "0002").out == "The database is at 0002.\n"
    assert migrations.current(one) == "0002"
    assert command("db", "downgrade", "base").out == "The database is at no revision.\n"


@pytest.mark.parametrize("words", [("upgrade", "9999"), ("upgrade", "nonsense"), ("downgrade", "9999")])
def test_a_revision_there_is_not_is_a_failure_without_a_trace(command, database, words):
    one = database()
    done = command("db", *words)
    assert (done.status, done.out) == (1, "")
    assert words[1] in done.err
    assert migrations.current(one) == migrations.head()


def test_below_the_first_there_is_nothing_to_undo(command, database):
    database(migrated=False)
    assert command("db", "downgrade").status == 1


@pytest.mark.row("MT-04.8")
def test_history_lists_all_the_newest_first(program, database):
    database(migrated=False)
    done = program("db", "history")
    assert done.status == 0
    lines = done.out.splitlines()
    assert len(lines) == int(migrations.head())
    assert f"-> {migrations.head()} (head)" in lines[0]
    assert lines[-1].startswith("<base> -> 0001,")


def test_current_prints_where_the_database_is(program, database):
    database()
    done = program("db", "current")
    assert (done.status, done.out.strip()) == (0, f"{migrations.head()} (head)")


@pytest.mark.row("MT-04.4", "MT-04.5")
def test_migrate_writes_what_differs_and_does_not_touch_the_database(command, database, migrations_copy):
    one = database()
    execute(one, "ALTER TABLE posts DROP COLUMN language")
    assert command("db", "migrate", "-m", "Bring back languages").status == 0
    number = int(migrations.head())
    written = migrations_copy / "versions" / f"{number:04d}_bring_back_languages.py"
    source = written.read_text()
    assert source.startswith('"""Bring back languages"""\n')
    assert re.search(r"def upgrade\(\).*add_column.*def downgrade\(\).*drop_column", source, re.DOTALL)
    assert f"revision = '{number:04d}'\ndown_revision = '{number - 1:04d}'" in source
    assert "language" not in {column["name"] for column in inspect(one.engine).get_columns("posts")}
    assert migrations.current(one) == f"{number - 1:04d}"


@pytest.mark.row("MT-04.5")
def test_what_was_written_can_be_applied_and_undone(command, database, migrations_copy):
    one = database()
    execute(one, "ALTER TABLE posts DROP COLUMN language")
    command("db", "migrate", "-m", "Bring back languages")
    assert command("db", "upgrade").status == 0
    assert "language" in {column["name"] for column in inspect(one.engine).get_columns("posts")}
    assert command("db", "downgrade").status == 0
    assert "language" not in {column["name"] for column in inspect(one.engine).get_columns("posts")}


def test_a_database_that_is_behind_is_brought_up_first(command, database, migrations_copy):
    database(migrated=False)
    before = sorted((migrations_copy / "versions").glob("*.py"))
    assert command("db", "migrate", "-m", "Too early").status == 1
    assert sorted((migrations_copy / "versions").glob("*.py")) == before


# Behind a pooler


def test_upgrade_writes_to_the_role_what_cannot_be_said_through_a_pooler(command, database, environment):
    one = database(migrated=False)
    url = one.url.render_as_string(hide_password=False)
    environment(DATABASE_DIRECT_URL=url)
    done = command("db", "upgrade")
    assert done.out.splitlines()[0] == "The pooler's connections will begin with our timeouts and in UTC."
    assert command("db", "upgrade").out == f"The database is at {migrations.head()}.\n"
    fresh = Database(url, connections=1, pooled=True)
    with fresh.reading() as db:
        assert db.scalar(text("SHOW statement_timeout")) == "5s"
    fresh.close()


def test_without_a_pooler_the_role_keeps_its_own_settings(command, database):
    one = database(migrated=False)
    command("db", "upgrade")
    with one.reading() as db:
        where = "setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
        assert db.scalar(text(f"SELECT count(*) FROM pg_db_role_setting WHERE {where}")) == 0


def test_a_pooler_that_is_not_there_yet_is_no_failure(command, database, environment):
    one = database(migrated=False)
    environment(
        DATABASE_URL="postgresql://microblog@127.0.0.1:1/microblog",
        DATABASE_DIRECT_URL=one.url.render_as_string(hide_password=False),
    )
    done = command("db", "upgrade")
    assert (done.status, done.err) == (0, "")
    assert migrations.current(one) == migrations.head()


def test_who_may_not_write_to_the_poolers_role_hears_what_to_do(command, database, environment):
    one = database(migrated=False)
    environment(DATABASE_URL="postgresql://postgres@127.0.0.1:1/microblog", DATABASE_DIRECT_URL=one.url.render_as_string(False))
    done = command("db", "upgrade")
    assert done.status == 1
    assert "The pooler comes as postgres, for whom only a superuser may do this:" in done.err
    assert migrations.current(one) == migrations.head(), "the schema is there all the same"
