"""The command that minds accounts."""

import io

import pytest
from sqlalchemy import select

from microblog.framework.database import Database
from microblog.models import Credential, User


@pytest.fixture
def site(environment, new_database):
    """A database of its own: gives a way to look into it."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)
    yield database
    database.close()


@pytest.fixture
def typed(monkeypatch):
    """What a pipe says."""

    def type_it(text):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return type_it


def look(database, column):
    with database.reading() as db:
        return db.scalar(select(column).select_from(User).join(Credential, Credential.user_id == User.id))


def test_an_account_is_made_promoted_suspended_and_given_a_password(command, site, typed):
    typed("long enough\n")
    assert command("user", "create", "susan", "susan@example.org").status == 0
    for verb, column, wanted in (("promote", User.is_admin, True), ("demote", User.is_admin, False)):
        assert command("user", verb, "SUSAN").status == 0
        assert look(site, column) == wanted
    command("user", "suspend", "susan")
    assert look(site, User.suspended_at) is not None
    command("user", "restore", "susan")
    assert look(site, User.suspended_at) is None
    before = look(site, Credential.password_hash)
    typed("another one\n")
    assert command("user", "password", "susan").status == 0
    assert look(site, Credential.password_hash) != before


def test_what_does_not_fit_is_said_and_nothing_is_stored(command, site, typed):
    typed("short\n")
    done = command("user", "create", "a b", "nonsense")
    assert done.status == 1
    for name in ("username:", "email:", "password:"):
        assert name in done.err
    assert look(site, User.id) is None
    assert "User nobody not found." in command("user", "suspend", "nobody").err
    assert command("user").status == 2
