"""config: every setting is printed, and no secret; the example of .env has every name, and no value."""

import dataclasses
import subprocess

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


# The example


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository that the command takes for its own; gives its folder."""
    monkeypatch.setattr("microblog.config.ROOT", tmp_path)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def staged(folder) -> str:
    return subprocess.run(["git", "show", ":.env.example"], cwd=folder, capture_output=True, text=True, check=True).stdout


ENV = """# my own remark: hunter2
SECRET_KEY=hidden-1
export TOKEN_KEY = 'hidden-2'
 MAIL_PASSWORD="hidden-3
NOT_A_NAME=hidden-4"
EMPTY=
BARE
"""


@pytest.mark.row("TK-13", "TK-D11")
def test_the_example_gets_every_name_of_env_and_no_value_and_is_staged(command, checkout):
    (checkout / ".env").write_text(ENV)
    done = command("config", "--example")
    assert (done.status, done.out, done.err) == (0, ".env.example has every name that .env has.\n", "")
    assert (checkout / ".env.example").read_text() == "SECRET_KEY=\nTOKEN_KEY=\nMAIL_PASSWORD=\nEMPTY=\nBARE=\n"
    assert staged(checkout) == (checkout / ".env.example").read_text()


@pytest.mark.row("TK-13")
def test_what_the_example_has_already_stays_in_its_order_without_values(command, checkout):
    (checkout / ".env").write_text("NEW=hidden\nPORT=hidden\n")
    (checkout / ".env.example").write_text("# Copy this.\nPORT=\n\nexport HOST=hidden\nhidden in no line of ours\n")
    for _ in range(2):
        assert command("config", "--example").status == 0
        assert staged(checkout) == "# Copy this.\nPORT=\n\nHOST=\nNEW=\n"


@pytest.mark.row("TK-13")
def test_without_env_there_is_nothing_to_go_by(command, checkout):
    (checkout / ".env.example").write_text("HOST=kept\n")
    done = command("config", "--example")
    assert (done.status, done.out, done.err) == (1, "", "there is no ./.env\n")
    assert (checkout / ".env.example").read_text() == "HOST=kept\n"


@pytest.mark.row("TK-D11")
def test_where_git_cannot_take_it_that_is_said(command, checkout, monkeypatch):
    (checkout / ".env").write_text("PORT=1")
    (checkout / ".git" / "HEAD").write_text("")
    done = command("config", "--example")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(".env.example is written, but git does not take it: fatal: not a git repository")
    monkeypatch.setenv("PATH", "")
    assert command("config", "--example").err == ".env.example is written, but git is not installed.\n"
