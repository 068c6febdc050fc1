"""poll: make polls, and choose which one is the standing ballot."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import Failure, say, settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list the standing ballot and the newest polls")
    create = verbs.add_parser("create", help="ask something; open until you close it")
    create.add_argument("question", metavar="QUESTION")
    create.add_argument("choices", nargs="+", metavar="CHOICE", help="what one may choose, numbered from 1 in this order")
    create.add_argument("--several", action="store_true", help="one may choose several of them")
    create.add_argument("--standing", action="store_true", help="and make it the standing ballot")
    for name, help_text in (
        ("stand", "make a poll the standing ballot, which /ballot shows"),
        ("close", "let nobody vote in a poll any more"),
        ("open", "open a poll again that an operator has made"),
    ):
        verbs.add_parser(name, help=help_text).add_argument("poll_id", type=int, metavar="ID")


def execute(options: argparse.Namespace) -> None:
    from ..core import polls
    from ..core.refusals import Invalid, Refusal
    from ..framework.database import Database
    from ..framework.text import BadInput

    with settings.with_database() as config:
        database = Database(config.direct_url, connections=1)
        try:
            with database.writing() as db:
                if options.verb == "list":
                    _list(polls.newest(db))
                else:
                    done = _act(db, options)
                    db.commit()
                    say(done)
        except Invalid as refusal:
            raise Failure("\n".join(f"{name}: {message}" for name, message in refusal.errors.items())) from refusal
        except (Refusal, BadInput) as refusal:
            raise Failure(str(refusal)) from refusal
        finally:
            database.close()


def _act(db: "Session", options: argparse.Namespace) -> str:
    from ..core import ballots, polls

    if options.verb == "create":
        return _create(db, options)
    poll = polls.one(db, _known(options.poll_id), reader_id=0)
    if options.verb == "stand":
        ballots.set_standing(db, poll.id)
        return f"Poll {poll.id} is the standing ballot."
    if options.verb == "close":
        if not polls.close(db, poll.id):
            raise Failure(f"Poll {poll.id} is closed already.")
        return f"Poll {poll.id} is closed."
    if poll.post_id is not None:
        raise Failure(f"Poll {poll.id} belongs to a post, which has said how long it is open.")
    ballots.reopen(db, poll.id)
    return f"Poll {poll.id} is open."


def _create(db: "Session", options: argparse.Namespace) -> str:
    from ..core import ballots
    from ..framework.text import clean

    choices = [clean(choice) for choice in options.choices]
    poll_id = ballots.create(db, clean(options.question), choices, takes_several=options.several)
    if options.standing:
        ballots.set_standing(db, poll_id)
    return f"Poll {poll_id} is open{' and the standing ballot' if options.standing else ''}."


def _known(poll_id: int) -> int:
    """An id that a poll could have."""
    from ..framework.text import LARGEST_INTEGER

    if not 0 < poll_id <= LARGEST_INTEGER:
        raise Failure("There is no such poll.")
    return poll_id


def _list(polls: Iterable[Any]) -> None:
    for poll in polls:
        standing, state = "standing" if poll.is_standing else "", "closed" if poll.is_closed else "open"
        asked = " ".join((poll.question or poll.body or "").split())
        say(f"{poll.id}  {standing:8} {state:6} {poll.voter_count:6} voted  {poll.created_at:%Y-%m-%d}  {asked[:80]}")
