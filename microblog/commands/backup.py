"""backup: write everything into one file while the site goes on, or see whether such a file is whole."""

import argparse
from pathlib import Path

from . import Failure, say, settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words", nargs="+", metavar="[verify] FILE", help="the file to write; after the word verify, the file to look at"
    )


def execute(options: argparse.Namespace) -> None:
    from .. import backup

    words = options.words
    if len(words) > 2 or (len(words) == 2 and words[0] != "verify"):
        raise Failure("Say: backup FILE, or: backup verify FILE")
    path = Path(words[-1])
    try:
        if len(words) == 2:
            manifest = backup.verify(path, say)
            say(f"{path} is whole: written {manifest.made_at:%Y-%m-%d %H:%M} UTC at schema {manifest.revision}.")
            return
        with settings.with_database() as config:
            backup.write(config.direct_url, path, say)
    except (backup.BackupError, OSError) as error:
        raise Failure(str(error)) from error
    say(f"{path} has everything. It holds password hashes: keep it as safe as the database.")
