"""demo: fill an empty database with demo people and posts."""

import argparse

from . import Failure, say, settings


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no words of its own."""


def execute(_options: argparse.Namespace) -> None:
    from .. import demo
    from ..framework.database import Database

    with settings.with_database() as config:
        if config.is_production:
            raise Failure("Demo people all have the same password, so they are never added in production.")
        database = Database(config.direct_url, connections=1)
        try:
            with database.writing() as db:
                added = demo.plant(db)
                db.commit()
        finally:
            database.close()
    if added:
        say(f"Added demo people; each has the password {demo.PASSWORD}.")
    else:
        say("There are people already, so nothing was added.")
