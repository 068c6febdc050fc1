"""config: every setting is printed, and no secret."""

import dataclasses

import pytest

from microblog.config import Config


def test_every_setting_is_printed(command):
    done = command("config")
    assert done.status == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [field.name for field in dataclasses.fields(Config)]


@pytest.mark.row("XC-05")
def test_secrets_are_masked(command, environment):
    environment(SECRET_KEY="first-hidden,second-hidden", DATABASE_URL="postgresql://me:hidden@h:5432/x")
    done = command("config")
    assert "hidden" not in done.out
    assert "postgresql+psycopg2://me:***@h:5432/x" in done.out
    assert "(2 set)" in done.out


def test_where_no_database_is_named_it_is_the_private_one(command):
    assert "the private Postgres" in command("config").out


def test_lists_are_printed_as_they_are_typed(command, environment):
    environment(LANGUAGES="ko, en")
    assert "ko,en\n" in command("config").out


def test_what_cannot_be_meant_is_said_by_name(command, environment):
    environment(PORT="eighty", LANGUAGES="!")
    done = command("config")
    assert (done.status, done.out) == (1, "")
    assert {line.split()[0] for line in done.err.splitlines()} == {"LANGUAGES", "PORT"}
