"""The command line: every command explains itself, and says by its status how it went."""

import os
import subprocess
import sys

import pytest

from microblog import __version__, commands, config
from microblog.commands import COMMANDS, Failure


@pytest.fixture
def routes_does(monkeypatch):
    """Makes the command `routes` do something else."""

    def change(execute) -> None:
        monkeypatch.setattr("microblog.commands.routes.execute", execute)

    return change


def raising(error: BaseException):
    def execute(_options) -> None:
        raise error

    return execute


@pytest.mark.row("MT-15.7")
def test_the_help_lists_every_command(command):
    done = command("--help")
    assert (done.status, done.err) == (0, "")
    for name in COMMANDS:
        assert f"\n    {name}" in done.out


@pytest.mark.row("MT-13.12")
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(command, entered, name):
    done = command(name, "--help")
    assert done.status == 0
    assert f"python -m microblog {name}" in done.out
    assert entered == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("db",),
        ("db", "nonsense"),
        ("db", "migrate"),
        ("translate",),
        ("translate", "init"),
        ("routes", "more"),
        ("run", "--wrong"),
    ],
)
def test_wrong_words_are_refused_with_the_right_ones(command, entered, words):
    done = command(*words)
    assert (done.status, done.out, entered) == (2, "", [])
    assert done.err.startswith("usage: python -m microblog")


def test_the_version_is_told(command):
    assert command("--version").out == f"{__version__}\n"


def test_a_command_has_its_packages_before_it_runs(command, entered, routes_does):
    routes_does(lambda options: None)
    assert (command("routes").status, entered) == (0, ["run"])


def test_a_command_that_cannot_do_it_says_why_and_ends_with_1(command, routes_does):
    routes_does(raising(Failure("There is no room.")))
    done = command("routes")
    assert (done.status, done.out, done.err) == (1, "", "There is no room.\n")


def test_a_command_that_was_stopped_ends_with_130(command, routes_does):
    routes_does(raising(KeyboardInterrupt()))
    done = command("routes")
    assert (done.status, done.err) == (130, "")


@pytest.mark.parametrize(("status", "expected"), [(None, 0), (0, 0), (1, 1), (5, 5)])
def test_the_status_of_a_command_is_the_status_of_the_program(command, routes_does, status, expected):
    routes_does(lambda options: status)
    assert command("routes").status == expected


@pytest.mark.row("MT-04.1")
def test_a_database_that_does_not_answer_is_told_without_a_trace(command, environment):
    environment(DATABASE_URL="postgresql://nobody:hidden@127.0.0.1:9/nothing")
    done = command("demo")
    assert done.status == 1
    assert "127.0.0.1" in done.err
    assert "Traceback" not in done.err
    assert "hidden" not in done.err


def test_a_reader_who_has_had_enough_is_no_error(environment):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "microblog", "routes"],
        cwd=config.ROOT,
        env=os.environ | {"MICROBLOG_NO_VENV": "1"},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_said_is_seen_at_once(monkeypatch):
    flushed = []
    monkeypatch.setattr(
        sys,
        "stdout",
        type("Out", (), {"write": lambda self, text: flushed.append(text), "flush": lambda self: flushed.append("!")})(),
    )
    commands.say("Ready.")
    assert flushed == ["Ready.\n", "!"]
