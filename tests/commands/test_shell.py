"""shell: Python with the application, a session and the models at hand."""

import io
import sys

import pytest

from microblog import models


@pytest.fixture
def shell(command, environment, new_database, monkeypatch):
    """Types a program into the shell of a database of its own."""
    environment(DATABASE_URL=new_database())

    def type_in(program: str):
        monkeypatch.setattr(sys, "stdin", io.StringIO(program))
        return command("shell")

    return type_in


@pytest.mark.row("MT-04.9", "MT-22.12")
def test_everything_is_at_hand_without_an_import(shell):
    done = shell(f"print(app.config.environment, db.is_active, {', '.join(models.__all__)})")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("development True ")


@pytest.mark.row("MT-04.9", "MT-04.10")
def test_a_question_is_answered(shell):
    done = shell(
        "db.add(User(username='susan')); db.flush()\nprint(db.query(User).all())\nfor number in range(2):\n    print(number)\n"
    )
    assert done.out == "[<User susan>]\n0\n1\n"


@pytest.mark.row("MT-04.11")
def test_what_is_not_committed_is_not_kept(shell):
    shell("db.add(User(username='susan')); db.commit(); db.add(User(username='david')); db.flush()")
    assert shell("print([user.username for user in db.query(User)])").out == "['susan']\n"


def test_functions_of_a_piped_program_see_each_other(shell):
    assert shell("def count():\n    return db.query(User).count()\nprint(count())").out == "0\n"


def test_a_mistake_in_a_piped_program_is_its_own_and_ends_badly(program, environment, migrated_url):
    environment(DATABASE_URL=migrated_url)
    done = program("shell", stdin="nonsense")
    assert done.status == 1
    assert "NameError: name 'nonsense' is not defined" in done.err


def test_at_a_terminal_one_talks_to_it(command, environment, migrated_url, monkeypatch):
    environment(DATABASE_URL=migrated_url)
    monkeypatch.setattr(sys, "stdin", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    talks = []
    monkeypatch.setattr("code.interact", lambda banner, local, exitmsg: talks.append((banner, set(local))))
    assert command("shell").status == 0
    ((banner, names),) = talks
    assert "db.commit()" in banner
    assert {"app", "db", "User", "Post"} <= names


def test_it_goes_past_a_pooler_for_whoever_types_thinks_longer_than_a_pooler_waits(shell, environment, new_database):
    environment(DATABASE_DIRECT_URL=new_database())
    shell("db.add(User(username='susan')); db.commit()")
    environment(DATABASE_DIRECT_URL="")
    assert shell("print(db.query(User).all())").out == "[]\n", "it was written to where DATABASE_URL leads"
