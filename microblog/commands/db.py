"""db: bring the schema up to date, or back, or look at its history."""

import argparse
import contextlib
from typing import TYPE_CHECKING

from . import Failure, say, settings

if TYPE_CHECKING:
    from ..config import Config


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    upgrade = verbs.add_parser("upgrade", help="apply all migrations that are missing")
    upgrade.add_argument("revision", nargs="?", default="head")
    downgrade = verbs.add_parser("downgrade", help="undo the last migration, or all after a revision")
    downgrade.add_argument("revision", nargs="?", default="-1")
    verbs.add_parser("history", help="list all migrations, the newest first")
    verbs.add_parser("current", help="print the revision the database is at")
    migrate = verbs.add_parser("migrate", help="write a new migration from what the models and the database differ in")
    migrate.add_argument("-m", "--message", required=True, help="what it does, in a few words")


def execute(options: argparse.Namespace) -> None:
    from alembic.util.exc import CommandError

    from .. import migrations

    with settings.with_database() as config:
        try:
            if options.verb == "migrate":
                numbers = {"rev_id": f"{int(migrations.head() or 0) + 1:04d}", "autogenerate": True}
                migrations.run(config.direct_url, "revision", message=options.message, **numbers)
            elif options.verb in ("history", "current"):
                migrations.run(config.direct_url, options.verb)
            else:
                migrations.run(config.direct_url, options.verb, options.revision)
                if options.verb == "upgrade":
                    settle(config)
                say(f"The database is at {_revision(config.direct_url)}.")
        except CommandError as error:
            raise Failure(str(error)) from error


def settle(config: "Config") -> None:
    """Where a pooler leads to Postgres, see to it that its connections begin as ours do; say so if that needs its operator."""
    if not config.is_pooled:
        return
    from sqlalchemy.exc import DBAPIError

    from ..framework import pooler
    from ..framework.database import Database

    direct = Database(config.direct_url, connections=1, name="microblog migrations")
    pooled = Database(config.database_url, connections=1, pooled=True)
    try:
        if pooler.settle(direct, pooled):
            say("The pooler's connections will begin with our timeouts and in UTC.")
        with contextlib.suppress(DBAPIError):  # it may be started after us
            if names := pooler.not_in_force(pooled):
                say(f"The pooler has connections without {', '.join(names)}: restart it.")
    except pooler.Unsettled as error:
        raise Failure(str(error)) from error
    finally:
        direct.close()
        pooled.close()


def _revision(database_url: str) -> str:
    from .. import migrations
    from ..framework.database import Database

    database = Database(database_url, connections=1)
    try:
        return migrations.current(database) or "no revision"
    finally:
        database.close()
