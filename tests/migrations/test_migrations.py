"""The schema's history: from nothing to now and back, what the models say, and once however many begin it."""

import subprocess
import sys
import threading
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.exc import ProgrammingError

from microblog import config, migrations, models
from microblog.framework.database import Database

# Everything of a schema that matters, one line each.
SHAPE = """
SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable || ' ' || is_identity || ' '
       || coalesce(character_maximum_length::text, '') || ' ' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION ALL
SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' AND contype <> 'n'
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT relname || ' ' || relpersistence::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
OBJECTS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v', 'm')
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""
REVISIONS = [script.revision for script in ScriptDirectory(migrations.FOLDER).walk_revisions()][::-1]


@pytest.fixture
def database(new_database):
    """Makes a database with the schema, or without; closed at the end."""
    made: list[Database] = []

    def make(*, migrated: bool = True) -> Database:
        made.append(Database(new_database(migrated=migrated), connections=2))
        return made[-1]

    yield make
    for one in made:
        one.close()


def url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def go(database: Database, name: str, *words: str) -> None:
    migrations.run(url(database), name, *words)


def ask(database: Database, statement: str) -> list:
    with database.reading() as db:
        return sorted(db.scalars(text(statement)))


def test_the_schema_is_what_the_models_say(migrated_url):
    database = Database(migrated_url, connections=1)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.metadata) == []
    database.close()


def test_it_is_so_to_the_last_default_check_and_index(database):
    by_migrations, by_models = database(), database()
    with by_models.engine.begin() as connection:
        drawn = MetaData()
        drawn.reflect(connection)
        drawn.drop_all(connection)
        models.metadata.create_all(connection)
    assert ask(by_models, SHAPE) == ask(by_migrations, SHAPE)


@pytest.mark.row("MT-04.8")
def test_the_history_is_one_line_of_numbers():
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert migrations.head() == REVISIONS[-1]


@pytest.mark.row("MT-04.6", "MT-04.7", "MT-04.8")
def test_up_down_and_up_again_leads_to_the_same_place(database):
    one = database(migrated=False)
    assert (migrations.current(one), ask(one, OBJECTS)) == (None, [])
    go(one, "upgrade", "head")
    shape = ask(one, SHAPE)
    assert migrations.current(one) == migrations.head()
    go(one, "downgrade", "base")
    assert (migrations.current(one), ask(one, OBJECTS)) == (None, ["alembic_version"])
    go(one, "upgrade", "head")
    assert ask(one, SHAPE) == shape


@pytest.mark.row("MT-04.7")
def test_each_single_step_back_undoes_what_its_step_forward_did(database):
    one = database(migrated=False)
    shapes = []
    for revision in REVISIONS:
        shapes.append(ask(one, SHAPE))
        go(one, "upgrade", revision)
    for shape in reversed(shapes):
        go(one, "downgrade", "-1")
        assert ask(one, SHAPE) == shape


@pytest.mark.row("MT-04.6", "MT-17.9")
def test_going_on_keeps_what_is_there_and_going_on_twice_does_nothing(database):
    one = database(migrated=False)
    go(one, "upgrade", "0003")
    with one.writing() as db:
        db.execute(text("INSERT INTO users (username) VALUES ('susan'), ('david')"))
        db.execute(text("INSERT INTO posts (author_id, body) SELECT id, '한글😀' FROM users"))
        db.execute(text("INSERT INTO followers SELECT min(id), max(id) FROM users"))
        db.commit()
    for _ in range(2):
        go(one, "upgrade", "head")
        assert ask(one, "SELECT username FROM users") == ["david", "susan"]
        assert ask(one, "SELECT body FROM posts") == ["한글😀"] * 2
        assert ask(one, "SELECT count(*) FROM followers") == [1]


@pytest.mark.row("MT-D36")
def test_two_hosts_that_begin_at_once_migrate_once(database):
    one = database(migrated=False)
    program = "import sys; from microblog import migrations; migrations.run(sys.argv[1], 'upgrade', 'head')"
    hosts = [
        subprocess.Popen([sys.executable, "-c", program, url(one)], cwd=config.ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(host.communicate()[1], host.returncode) for host in hosts] == [("", 0), ("", 0)]
    assert migrations.current(one) == migrations.head()


@pytest.mark.row("MT-D36")
def test_who_comes_second_waits_however_long_the_first_needs(database, monkeypatch):
    one = database(migrated=False)
    monkeypatch.setitem(migrations.SETTINGS, "lock_timeout", "20")
    failures: list[Exception] = []

    def upgrade() -> None:
        try:
            go(one, "upgrade", "head")
        except Exception as error:
            failures.append(error)

    second = threading.Thread(target=upgrade)
    with one.writing() as db:
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": migrations.LOCK})
        second.start()
        while second.is_alive() and not ask(one, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            time.sleep(0.01)
        db.execute(text("SELECT pg_sleep(0.1)"))
    second.join()
    assert failures == []
    assert migrations.current(one) == migrations.head()


@pytest.mark.row("MT-04.11")
def test_a_migration_that_fails_leaves_everything_as_it_was(database, migrations_copy):
    one = database()
    (migrations_copy / "versions" / "9999_broken.py").write_text(
        f"from alembic import op\nrevision, down_revision = '9999', '{migrations.head()}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE halfway ()')\n    op.execute('nonsense')\n"
    )
    before, head = ask(one, OBJECTS), migrations.current(one)
    with pytest.raises(ProgrammingError):
        go(one, "upgrade", "head")
    assert (ask(one, OBJECTS), migrations.current(one)) == (before, head)


@pytest.mark.parametrize("place", ["there is 100% room", "한글"])
def test_the_history_may_lie_in_a_folder_of_any_name(migrations_copy, monkeypatch, place):
    head = migrations.head()
    monkeypatch.setattr(migrations, "FOLDER", migrations_copy.rename(migrations_copy.parent / place))
    assert migrations.head() == head
