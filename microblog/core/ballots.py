"""Ballots: polls that an operator asks by a question alone. One of them may be the instance's standing ballot."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Poll
from . import polls
from .checks import Checks
from .refusals import Conflict

MOST_CHOICES = 100
LONGEST_QUESTION = 300
LOCK = 0x62616C6C6F74  # "ballot"; of several who choose the standing one at once each waits for the other


def create(db: Session, question: str, choices: Sequence[str], *, takes_several: bool = False) -> int:
    """A ballot, open until somebody closes it. Gives its id."""
    with Checks() as check:
        question = check.text("question", question, longest=LONGEST_QUESTION)
        texts = [check.text("choices", " ".join(text.split()), longest=polls.LONGEST_CHOICE) for text in choices]
        if len(texts) < polls.FEWEST_CHOICES:
            check.refuse("choices", Message("Please give at least two choices."))
        elif len(texts) > MOST_CHOICES:
            check.refuse("choices", Message("A ballot has a hundred choices at most."))
        elif len({text.casefold() for text in texts}) < len(texts):
            check.refuse("choices", Message("Please give each choice once only."))
    return polls.store(db, texts, question=question, takes_several=takes_several)


STANDING = polls.selected(Poll.is_standing.is_(True))


def standing(db: Session) -> Any:
    """The standing ballot with everything that it shows to everybody: `id`, `is_closed`, `texts`, `counts`. None where an
    operator has taken it away."""
    return db.execute(STANDING, {"reader_id": 0}).one_or_none()


def set_standing(db: Session, poll_id: int) -> None:
    """Make a ballot the standing one in the place of the one that is. A post's poll cannot be: it hides its results until one
    has voted, and goes with the post."""
    db.execute(select(func.pg_advisory_xact_lock(LOCK)))
    both = select(Poll.id, Poll.post_id).where(or_(Poll.is_standing, Poll.id == poll_id)).order_by(Poll.id)
    posts = dict(db.execute(both.with_for_update(key_share=True)).all())
    if poll_id not in posts:
        raise polls.not_found()
    if posts[poll_id] is not None:
        raise Conflict(Message("A poll that belongs to a post cannot be the standing ballot."))
    for is_standing, which in ((False, Poll.is_standing), (True, Poll.id == poll_id)):
        db.execute(update(Poll).where(which).values(is_standing=is_standing).execution_options(synchronize_session=False))


def reopen(db: Session, poll_id: int) -> None:
    """Open a ballot again until somebody closes it; NotFound for any other poll."""
    opened = update(Poll).where(Poll.id == poll_id, Poll.post_id.is_(None)).values(closes_at=None, told_at=None)
    if db.scalar(opened.returning(Poll.id).execution_options(synchronize_session=False)) is None:
        raise polls.not_found()
