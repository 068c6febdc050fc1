"""user: make somebody an account, an administrator, or a stranger."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from . import Failure, say, settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make an account; asks for the password, or reads it from a pipe")
    create.add_argument("username")
    create.add_argument("email")
    create.add_argument("--admin", action="store_true", help="and make them an administrator")
    for name, help_text in (
        ("promote", "make somebody an administrator"),
        ("demote", "make an administrator an ordinary person"),
        ("suspend", "lock somebody out and hide what they said"),
        ("restore", "end a suspension"),
        ("password", "set somebody's password; asks for it, or reads it from a pipe"),
    ):
        verbs.add_parser(name, help=help_text).add_argument("username")


def execute(options: argparse.Namespace) -> None:
    from ..core.refusals import Invalid, Refusal
    from ..framework.database import SOURCE, Database

    with settings.with_database() as config:
        database = Database(config.direct_url, connections=1)
        try:
            with database.writing() as db:
                db.info[SOURCE] = lambda: {"face": "cli"}
                done = _act(db, options)
                db.commit()
        except Invalid as refusal:
            raise Failure("\n".join(f"{name}: {message}" for name, message in refusal.errors.items())) from refusal
        except Refusal as refusal:
            raise Failure(str(refusal)) from refusal
        finally:
            database.close()
    say(done)


def _act(db: "Session", options: argparse.Namespace) -> str:
    from ..core import credentials, moderation, users

    name = options.username
    if options.verb == "create":
        users.register(db, username=name, email=options.email, password=_password())
        if options.admin:
            moderation.set_admin(db, name, True)
        return f"{name} can log in now."
    if options.verb == "password":
        credentials.set_password(db, moderation.identify(db, name), _password())
        return f"{name} has a new password and is logged out everywhere."
    if options.verb == "suspend":
        moderation.suspend(db, name)
        return f"{name} is suspended."
    if options.verb == "restore":
        moderation.restore(db, name)
        return f"{name} is welcome again."
    moderation.set_admin(db, name, options.verb == "promote")
    return f"{name} is {'now' if options.verb == 'promote' else 'no longer'} an administrator."


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
