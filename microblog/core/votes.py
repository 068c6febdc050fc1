"""Votes: each person chooses once in a poll, and what they have chosen is counted exactly."""

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, Integer, SmallInteger, and_, any_, bindparam, delete, func, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..models import Poll, PollChoice, Post, User, Vote
from . import polls
from .checks import Checks
from .refusals import Conflict, Forbidden

CLOSED = Message("This poll is closed.")

VOTER = Statement(
    select(User.id).where(User.id == bindparam("voter_id", type_=Integer)).with_for_update(read=True, key_share=True)
)

# Read when it is locked, and by the clock: whoever has waited for an operator to close it comes too late.
BEFORE_VOTE = Statement(
    select(
        Poll.takes_several,
        and_(Poll.closes_at.is_not(None), Poll.closes_at <= func.clock_timestamp()).label("is_closed"),
        select(func.count()).where(PollChoice.poll_id == Poll.id).scalar_subquery().label("choice_count"),
    )
    .outerjoin(Post, Post.id == Poll.post_id)
    .outerjoin(User, User.id == Post.author_id)
    .where(Poll.id == bindparam("poll_id", type_=BigInteger), User.suspended_at.is_(None))
    .with_for_update(of=Poll, key_share=True)
)


def _casting() -> Statement:
    """The statement that stores a vote and counts it; it gives nothing where that person has voted before."""
    chosen = bindparam("numbers", type_=ARRAY(SmallInteger))
    row = insert(Vote).values(
        poll_id=bindparam("poll", type_=BigInteger), user_id=bindparam("voter", type_=Integer), choices=chosen
    )
    vote = row.on_conflict_do_nothing().returning(Vote.poll_id).cte("vote")
    voters = update(Poll).where(Poll.id == vote.c.poll_id).values(voter_count=Poll.voter_count + 1)
    choices = update(PollChoice).where(PollChoice.poll_id == vote.c.poll_id, PollChoice.number == any_(chosen))
    choices = choices.values(vote_count=PollChoice.vote_count + 1)
    return Statement(select(vote.c.poll_id).add_cte(voters.cte("voters"), choices.cte("counted")))


CAST = _casting()


def cast(db: Session, voter_id: int, poll_id: int, choices: Collection[int]) -> None:
    """Choose by number (from 1). A closed poll is Forbidden, a second vote a Conflict, whatever comes at the same time: the key
    of votes decides, and each count is one addition.

    The voter is locked first, as by `users.erase`, and then the poll: nobody waits in a circle.
    """
    VOTER.all(db, voter_id=voter_id)
    poll = BEFORE_VOTE.one_or_none(db, poll_id=poll_id)
    if poll is None:
        raise polls.not_found()
    if poll.is_closed:
        raise Forbidden(CLOSED)
    numbers = sorted(set(choices))
    with Checks() as check:
        if not numbers:
            check.refuse("choices", Message("Please choose something."))
        elif len(numbers) > 1 and not poll.takes_several:
            check.refuse("choices", Message("Please choose one only."))
        elif numbers[0] < 1 or numbers[-1] > poll.choice_count:
            check.refuse("choices", Message("This poll has no such choice."))
    if not CAST.all(db, voter=voter_id, poll=poll_id, numbers=numbers):
        raise Conflict(Message("You have voted already."))


def withdraw_all(db: Session, person_id: int) -> None:
    """Take the votes of somebody who leaves away, and count without them. Their own row is locked already.

    With the polls in which they have voted their own ones are locked, which go with them: all in id order, once.
    """
    asked = select(Poll.id).join(Post, Post.id == Poll.post_id).where(Post.author_id == person_id)
    touched = union(asked, select(Vote.poll_id).where(Vote.user_id == person_id))
    db.execute(select(Poll.id).where(Poll.id.in_(touched)).order_by(Poll.id).with_for_update(key_share=True))
    gone = delete(Vote).where(Vote.user_id == person_id).returning(Vote.poll_id, Vote.choices).cte("gone")
    fewer_voters = update(Poll).where(Poll.id == gone.c.poll_id).values(voter_count=Poll.voter_count - 1)
    fewer_votes = update(PollChoice).where(PollChoice.poll_id == gone.c.poll_id, PollChoice.number == any_(gone.c.choices))
    counted = fewer_votes.values(vote_count=PollChoice.vote_count - 1).add_cte(fewer_voters.cte("counted"))
    db.execute(counted.execution_options(synchronize_session=False))
