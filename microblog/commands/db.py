"""db: bring the schema up to date, or back, or look at its history."""

import argparse

from . import Failure, say, settings


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
                migrations.run(config.database_url, "revision", message=options.message, **numbers)
            elif options.verb in ("history", "current"):
                migrations.run(config.database_url, options.verb)
            else:
                migrations.run(config.database_url, options.verb, options.revision)
                say(f"The database is at {_revision(config.database_url)}.")
        except CommandError as error:
            raise Failure(str(error)) from error


def _revision(database_url: str) -> str:
    from .. import migrations
    from ..framework.database import Database

    database = Database(database_url, connections=1)
    try:
        return migrations.current(database) or "no revision"
    finally:
        database.close()
