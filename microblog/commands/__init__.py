"""The command line: one module a command. Only the words are read here; packages are there once a command runs."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from .. import __version__, bootstrap

# In the order of the help. Each module has `add(parser)`, which names its words, and `execute(options)`.
COMMANDS = {
    "run": "start everything: database, migrations, demo people, web server and worker",
    "test": "run the whole test suite; further words go to pytest",
    "worker": "do background jobs until stopped",
    "db": "bring the database's schema up to date, or look at its history",
    "translate": "Translation and localization commands.",
    "jobs": "see what background jobs wait, run or were given up, and try them again",
    "user": "make somebody an account, an administrator, or a stranger",
    "audit": "see what has happened to accounts: logins, failures, changes of password, tokens",
    "poll": "make polls, and choose which one is the standing ballot",
    "mail": "see whether letters arrive",
    "doctor": "look at the running installation through its own front door, and say what to change",
    "backup": "write everything into one file while the site goes on, or see whether such a file is whole",
    "restore": "put a backup into an empty database",
    "shell": "a Python shell with the application, a session and the models at hand",
    "routes": "print every URL with what it calls",
    "demo": "fill an empty database with demo people and posts",
    "bench": "measure what this machine can do with Microblog, across worker counts",
    "profile": "see where the time of one kind of page goes",
    "search": "make posts and people findable anew",
    "config": "print every setting, secrets masked",
}


def main(words: Sequence[str] | None = None) -> None:
    """Read the words, see to the packages, do the command. Ends with 0, or with 1 and the reason on stderr."""
    parser, further = _parser(), None
    words = list(sys.argv[1:] if words is None else words)
    if words[:1] == ["test"] and words[1:] not in (["-h"], ["--help"]):
        words, further = ["test"], words[1:]
    options = parser.parse_args(words)
    options.further = further or []
    bootstrap.enter("test" if options.command == "test" else "run")
    module = importlib.import_module(f".{options.command}", __name__)
    try:
        status = module.execute(options)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # the reader of our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        status = 1
    except Exception as error:
        if not _is_database_away(error):
            raise
        sys.stderr.write(f"The database does not answer: {str(error.__cause__ or error).strip()}\n")
        status = 1
    sys.exit(status or 0)


class Failure(Exception):
    """A command cannot do what it was asked to; the message is for the person at the terminal."""


def _is_database_away(error: Exception) -> bool:
    from ..framework.faults import Fault, fault_of

    return fault_of(error) is Fault.AWAY


def say(text: str = "") -> None:
    """A line on the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m microblog", description="Microblog: a social microblog for your site.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        description = help_text[0].upper() + help_text[1:].rstrip(".") + "."
        command = commands.add_parser(name, help=help_text, description=description)
        importlib.import_module(f".{name}", __name__).add(command)
    return parser
