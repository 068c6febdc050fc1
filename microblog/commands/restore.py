"""restore: put a backup into an empty database."""

import argparse
from pathlib import Path

from . import Failure, say, settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` has written")


def execute(options: argparse.Namespace) -> None:
    from .. import backup

    with settings.with_database() as config:
        try:
            manifest = backup.restore(config.direct_url, options.file, say)
        except (backup.BackupError, OSError) as error:
            raise Failure(str(error)) from error
    told = ", ".join(f"{rows} {name}" for name, rows in backup.figures(manifest).items())
    say(f"Everything is back: {told}. Start the site with the same SECRET_KEY, or everybody has to log in again.")
