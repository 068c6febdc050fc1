"""shell: a Python shell with the application, a session and the models at hand."""

import argparse
import code
import sys
from dataclasses import replace

from . import settings


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no words of its own."""


def execute(_options: argparse.Namespace) -> None:
    from .. import models
    from ..app import Application

    with settings.with_database() as config:
        app = Application(replace(config, database_url=config.direct_url, database_direct_url=""))  # past a pooler
        with app.database.writing() as db:
            names = {name: getattr(models, name) for name in models.__all__} | {"app": app, "db": db}
            if not sys.stdin.isatty():
                exec(compile(sys.stdin.read(), "<stdin>", "exec"), names)  # noqa: S102
                return
            banner = f"app, db and {', '.join(models.__all__)} are here. db.commit() keeps what you change."
            code.interact(banner, local=names, exitmsg="")
