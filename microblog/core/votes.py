"""Votes: each person chooses once in a poll, and what they have chosen is counted exactly."""

from collections.abc import Collection, Iterable

from sqlalchemy import BigInteger, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Poll, PollChoice, Post, User, Vote
from . import polls
from .checks import Checks
from .refusals import Conflict, Forbidden

CLOSED = Message("This poll is closed.")

BEFORE_VOTE = (
    select(
        Poll.takes_several,
        polls.IS_CLOSED.label("is_closed"),
        select(func.count()).where(PollChoice.poll_id == Poll.id).scalar_subquery().label("choice_count"),
    )
    .outerjoin(Post, Post.id == Poll.post_id)
    .outerjoin(User, User.id == Post.author_id)
    .where(Poll.id == bindparam("poll_id", type_=BigInteger), User.suspended_at.is_(None))
)


def cast(db: Session, voter_id: int, poll_id: int, choices: Collection[int]) -> None:
    """Choose by number (from 1). A closed poll is Forbidden, a second vote a Conflict, whatever comes at the same time: the key
    of votes decides, and each count is one addition."""
    poll = db.execute(BEFORE_VOTE, {"poll_id": poll_id}).one_or_none()
    if poll is None:
        raise polls.not_found()
    numbers = sorted(set(choices))
    with Checks() as check:
        if not numbers:
            check.refuse("choices", Message("Please choose something."))
        elif len(numbers) > 1 and not poll.takes_several:
            check.refuse("choices", Message("Please choose one only."))
        elif numbers[0] < 1 or numbers[-1] > poll.choice_count:
            check.refuse("choices", Message("This poll has no such choice."))
    if poll.is_closed:
        raise Forbidden(CLOSED)
    row = insert(Vote).values(poll_id=poll_id, user_id=voter_id, choices=numbers)
    if db.scalar(row.on_conflict_do_nothing().returning(Vote.poll_id)) is None:
        raise Conflict(Message("You have voted already."))
    counted = update(Poll).where(Poll.id == poll_id, ~polls.IS_CLOSED).values(voter_count=Poll.voter_count + 1)
    if db.scalar(counted.returning(Poll.id).execution_options(synchronize_session=False)) is None:
        raise Forbidden(CLOSED)
    _count(db, poll_id, numbers, 1)  # whoever counts here holds the poll's row: nobody waits in a circle


def withdraw_all(db: Session, voter_id: int) -> None:
    """Take the votes of somebody who leaves away, and count without them."""
    mine = select(Vote.poll_id).where(Vote.user_id == voter_id)
    db.execute(select(Poll.id).where(Poll.id.in_(mine)).order_by(Poll.id).with_for_update(key_share=True))
    gone = delete(Vote).where(Vote.user_id == voter_id).returning(Vote.poll_id, Vote.choices)
    for poll_id, numbers in db.execute(gone.execution_options(synchronize_session=False)).all():
        fewer = update(Poll).where(Poll.id == poll_id).values(voter_count=Poll.voter_count - 1)
        db.execute(fewer.execution_options(synchronize_session=False))
        _count(db, poll_id, numbers, -1)


def _count(db: Session, poll_id: int, numbers: Iterable[int], change: int) -> None:
    chosen = update(PollChoice).where(PollChoice.poll_id == poll_id, PollChoice.number.in_(numbers))
    db.execute(chosen.values(vote_count=PollChoice.vote_count + change).execution_options(synchronize_session=False))
