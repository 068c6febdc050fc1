"""config: print every setting, secrets masked."""

import argparse
import dataclasses

from . import say, settings


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no words of its own."""


def execute(_options: argparse.Namespace) -> None:
    from ..framework.database import masked

    config = settings.load()
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name in ("database_url", "database_replica_url"):
            shown = masked(value) if value else "the private Postgres" if field.name == "database_url" else "none"
        elif not field.repr:
            shown = f"({len(value)} set)"
        else:
            shown = ",".join(value) if isinstance(value, tuple) else str(value)
        say(f"{field.name:20} {shown}")
