"""config: print every setting, secrets masked; or keep .env.example true."""

import argparse
import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import Failure, say, settings

NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", re.ASCII)


def add(parser: argparse.ArgumentParser) -> None:
    help_text = "instead, bring the names in .env into .env.example, all without their values, and stage it for git"
    parser.add_argument("--example", action="store_true", help=help_text)


def execute(options: argparse.Namespace) -> None:
    from ..config import ROOT

    if options.example:
        _write_example(ROOT)
    else:
        _print()


def _print() -> None:
    from ..framework.database import masked

    config = settings.load()
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name in ("database_url", "database_replica_url", "database_direct_url"):
            shown = masked(value) if value else "the private Postgres" if field.name == "database_url" else "none"
        elif not field.repr:
            shown = f"({len(value)} set)"
        else:
            shown = ",".join(value) if isinstance(value, tuple) else str(value)
        say(f"{field.name:20} {shown}")


def _write_example(folder: Path) -> None:
    """Bring the example up to date, and have git take it into the next commit."""
    from dotenv import dotenv_values

    if not (folder / ".env").is_file():
        raise Failure("there is no ./.env")
    example = folder / ".env.example"
    lines = list(_without_values(example.read_text("utf-8") if example.exists() else ""))
    lines += [f"{name}=" for name in dotenv_values(folder / ".env", interpolate=False) if f"{name}=" not in lines]
    example.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    try:
        staged = subprocess.run(["git", "add", "--", example.name], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Failure(f"{example.name} is written, but git is not installed.") from error
    if staged.returncode:
        raise Failure(f"{example.name} is written, but git does not take it: {staged.stderr.strip()}")
    say(f"{example.name} has every name that .env has.")


def _without_values(text: str) -> Iterator[str]:
    """The names in an example, and the remarks between them."""
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            yield line
        elif found := NAME.match(line):
            yield f"{found[1]}="
