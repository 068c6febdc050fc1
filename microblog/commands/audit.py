"""audit: see what has happened to accounts, the newest first."""

import argparse

from . import Failure, say, settings

MOST = 100_000


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", metavar="NAME", help="only what has happened to this person's account")
    parser.add_argument("--event", metavar="EVENT", help="only this, such as login_failed")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many lines (default 50)")


def execute(options: argparse.Namespace) -> None:
    from ..core import audit, moderation
    from ..core.refusals import Refusal
    from ..framework.database import Database

    if options.event and options.event not in audit.EVENTS:
        raise Failure(f"There is no event {options.event}. There are {', '.join(sorted(audit.EVENTS))}.")
    if not 1 <= options.limit <= MOST:
        raise Failure(f"--limit can be from 1 to {MOST:,}.")
    with settings.with_database() as config:
        database = Database(config.direct_url, connections=1)
        try:
            with database.reading() as db:
                user_id = moderation.identify(db, options.user) if options.user else None
                for entry in audit.newest(db, user_id=user_id, event=options.event, most=options.limit):
                    who = entry.username or (f"#{entry.user_id}" if entry.user_id else "nobody")
                    where = " ".join(filter(None, (entry.face, entry.address, entry.request_id)))
                    say(f"{entry.created_at:%Y-%m-%d %H:%M:%S}  {entry.event:20} {who:20} {where}".rstrip())
        except Refusal as refusal:
            raise Failure(str(refusal)) from refusal
        finally:
            database.close()
