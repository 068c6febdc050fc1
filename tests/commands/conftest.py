"""What the tests of the command line stand on: a terminal, an environment of their own, and a history to write into."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

from microblog import commands, config, migrations

SETTINGS = [line.partition("=")[0] for line in (config.ROOT / ".env.example").read_text("utf-8").splitlines() if "=" in line]


@dataclass(frozen=True)
class Done:
    """How a command has ended and what it has said."""

    status: int
    out: str
    err: str


@pytest.fixture
def environment(monkeypatch):
    """Sets settings for this test; of those outside it nothing is seen, and nothing a command sets is left behind."""
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("SECRET_KEY", "a key for tests that nobody has guessed yet")
    monkeypatch.setattr("dotenv.load_dotenv", lambda path: False)

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))

    return change


@pytest.fixture
def entered(monkeypatch) -> list[str]:
    """What the way into the virtualenv was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(commands.bootstrap, "enter", asked.append)
    return asked


@pytest.fixture
def command(environment, entered, capsys):
    """Runs a command as typed, in this process."""

    def run(*words: str) -> Done:
        with pytest.raises(SystemExit) as end:
            commands.main(words)
        said = capsys.readouterr()
        return Done(end.value.code, said.out, said.err)

    return run


@pytest.fixture
def program(environment):
    """Runs a command as typed, in a process of its own."""

    def run(*words: str, stdin: str = "") -> Done:
        found = subprocess.run(
            [sys.executable, "-m", "microblog", *words],
            cwd=config.ROOT,
            env=os.environ | {"MICROBLOG_NO_VENV": "1"},
            input=stdin,
            capture_output=True,
            text=True,
        )
        return Done(found.returncode, found.stdout, found.stderr)

    return run


@pytest.fixture
def migrations_copy(tmp_path, monkeypatch):
    """A copy of the schema's history that the program takes for its own."""
    folder = shutil.copytree(migrations.FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", folder)
    return folder
