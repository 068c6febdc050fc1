"""A checkout of its own for a test, as an operator would have one: the code, a .env, and the packages of this Python."""

import configparser
import shutil
import sys
from pathlib import Path

from microblog.config import ROOT

from .installation import SECRET_KEY

CODE = ("deploy", "microblog", "static", "templates", "wsgi.py", "preload.py", "uwsgi.ini", "requirements.lock", "setup.cfg")
# What a test adds to the PATH of whoever starts things there. A virtualenv is never made.
ENVIRONMENT = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8", "MICROBLOG_NO_VENV": "1"}


def make(folder: Path, **settings: str) -> Path:
    """Copy the working tree as it is to `folder`, with `settings` in its .env."""
    folder.mkdir(parents=True)
    for name in CODE:
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, folder / name)
    lend_python(folder)
    given = {"MICROBLOG_ENV": "production", "SECRET_KEY": SECRET_KEY} | settings
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    (folder / ".env").chmod(0o600)
    return folder


def lend_python(folder: Path) -> None:
    """This Python where a checkout has its own. No link: whatever is made of a .venv there must not be made of ours."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)


def unit(name: str) -> configparser.RawConfigParser:
    """A unit of systemd, keys kept as they are written."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ROOT / "deploy" / "systemd" / name, "utf-8")
    return parser
