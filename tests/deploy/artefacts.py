"""What the files in deploy/ say, for the tests that hold them against what there is."""

import os
import re
import shlex
from pathlib import Path

from microblog import config
from microblog.commands import COMMANDS
from microblog.config import ROOT

DEPLOY = ROOT / "deploy"
HOME = "/srv/microblog"  # where the files suppose the checkout to be
UWSGI = (ROOT / "uwsgi.ini").read_text("utf-8")


def settings_known() -> set[str]:
    """Everything that config.py, uwsgi.ini and boot.sh take from the environment."""
    found = re.findall(r'settings\.\w+\(\s*"([A-Z_]+)"', Path(config.__file__).read_text("utf-8"))
    return {*found, *re.findall(r"if-env = (\w+)", UWSGI), "MICROBLOG_NO_VENV", "RETRIES", "PAUSE"}


def instructions(name: str = "Dockerfile") -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, comments left out and continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / name).read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for word, rest in instructions() if word == "ENV" for pair in shlex.split(rest))


def copied(name: str = "Dockerfile") -> list[tuple[list[str], str]]:
    """What the image takes from the repository: names, and the folder they go to."""
    lines = [rest.split() for word, rest in instructions(name) if word == "COPY" and "--from" not in rest]
    return [(words[:-1], words[-1]) for words in lines]


def assert_there(command: str) -> None:
    """Every word of a command that a file in deploy/ gives names something that exists."""
    words = shlex.split(command)
    first = words[0].removeprefix(HOME + "/")
    if first.endswith("python"):
        assert words[1:3] == ["-m", "microblog"], command
        assert words[3] in COMMANDS, command
    else:
        assert os.access(ROOT / first, os.X_OK), command
