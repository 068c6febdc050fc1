"""search: make posts and people findable anew, while everything goes on."""

import argparse
from typing import TYPE_CHECKING, Any

from . import say, settings

if TYPE_CHECKING:
    from ..framework.database import Database


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    reindex = verbs.add_parser(
        "reindex",
        help="work out the words of all posts and people again",
        description="Work out the words of all posts and people again. It may be stopped at any time and run again: what is "
        "right already is left alone.",
    )
    reindex.add_argument("--batch", type=_batch, default=1_000, metavar="N", help="how many at a time (default 1000)")
    reindex.add_argument("--after", type=int, default=0, metavar="ID", help="begin after the post with this id")


def _batch(word: str) -> int:
    if not 1 <= int(word) <= 10_000:
        raise argparse.ArgumentTypeError("from 1 to 10000, please")
    return int(word)


def execute(options: argparse.Namespace) -> None:
    from ..framework.database import Database
    from ..models import Post, User

    with settings.with_database() as config:
        database = Database(config.direct_url, connections=1, settings={"statement_timeout": "60000"})
        try:
            for model, noun, after in ((User, "people", 0), (Post, "posts", options.after)):
                _reindex(database, model, noun, after, options.batch)
        finally:
            database.close()


def _reindex(database: "Database", model: Any, noun: str, after: int, size: int) -> None:
    """One table, a transaction a batch: nothing waits for long, and what is done stays done."""
    from ..core import search

    seen = changed = 0
    with database.reading() as db:
        expected = search.estimate(db, model)
    while True:
        with database.writing() as db:
            ids = search.batches(db, model, after, size)
            changed += search.POSTGRES.add(db, model, ids) if ids else 0
            db.commit()
        if not ids:
            break
        after = ids[-1]
        seen += len(ids)
        share = f" of about {expected:,}" if expected > seen else ""
        say(f"{seen:,}{share} {noun} looked at, {changed:,} put right, up to {after}.")
    say(f"All {noun} can be found.")
