"""Polls: asked with a post, shown to each reader as they may see them, closed, and their end told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Interval,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..models import Poll, PollChoice, Post, User, Vote
from . import notifications, queue
from .checks import Checks
from .refusals import NotFound

FEWEST_CHOICES, MOST_CHOICES = 2, 6
LONGEST_CHOICE = 100
SHORTEST_TIME, LONGEST_TIME = timedelta(minutes=5), timedelta(days=30)
TOLD_AT_ONCE = 500  # voters that one job tells of the end


@dataclass(frozen=True)
class NewPoll:
    """What somebody wants to ask besides the text of the post: choices, whether one may take several, and for how long."""

    choices: Sequence[str]
    lasts: timedelta
    takes_several: bool = False


def check_new(check: Checks, poll: NewPoll) -> NewPoll:
    """The poll as it will be stored; what is wrong with it is remembered under `choices` and `lasts`."""
    texts = [" ".join(text.split()) for text in poll.choices]
    texts = [text for text in texts if text]
    if len(texts) < FEWEST_CHOICES:
        check.refuse("choices", Message("Please give at least two choices."))
    elif len(texts) > MOST_CHOICES:
        check.refuse("choices", Message("A poll has six choices at most."))
    elif len({text.casefold() for text in texts}) < len(texts):
        check.refuse("choices", Message("Please give each choice once only."))
    for text in texts:
        check.text("choices", text, longest=LONGEST_CHOICE)
    if not SHORTEST_TIME <= poll.lasts <= LONGEST_TIME:
        check.refuse("lasts", Message("A poll is open for five minutes at least and thirty days at most."))
    return NewPoll(texts, poll.lasts, poll.takes_several)


def asking(said: CTE) -> tuple[CTE, CTE]:
    """What stores a poll with a post and promises its end, as parts of the statement that says the post: `said` gives its `id`.
    The statement then takes what `asked` gives of a checked poll."""
    lasts = bindparam("lasts", type_=Interval)
    row = select(said.c.id, bindparam("takes_several", type_=Boolean), func.now() + lasts)
    poll = insert(Poll).from_select(["post_id", "takes_several", "closes_at"], row).returning(Poll.id).cte("poll")
    texts = func.unnest(bindparam("choices", type_=ARRAY(Text))).table_valued("text", with_ordinality="number", name="texts")
    texts = texts.render_derived()
    choices = select(poll.c.id, texts.c.number, texts.c.text)
    offered = insert(PollChoice).from_select(["poll_id", "number", "text"], choices)
    promised = queue.promised("jobs.polls.close", func.jsonb_build_object(literal_column("'poll_id'"), poll.c.id), after=lasts)
    return offered.cte("offered"), promised.cte("promised")


def asked(poll: NewPoll | None) -> dict[str, Any]:
    """The values for that; none without a poll."""
    return {"lasts": poll.lasts, "takes_several": poll.takes_several, "choices": list(poll.choices)} if poll else {}


def store(db: Session, choices: Sequence[str], **columns: Any) -> int:
    """Store a poll with its choices, numbered from 1 in their order; gives its id."""
    poll_id = db.scalars(insert(Poll).values(columns).returning(Poll.id)).one()
    db.execute(insert(PollChoice), [{"poll_id": poll_id, "number": n, "text": text} for n, text in enumerate(choices, start=1)])
    return poll_id


IS_CLOSED = and_(Poll.closes_at.is_not(None), Poll.closes_at <= func.now())

# Looking


@dataclass(frozen=True)
class Choice:
    """One choice as a reader sees it; `votes` and `percent` are None while the results are hidden."""

    number: int
    text: str
    votes: int | None
    percent: int | None
    is_own: bool


@dataclass(frozen=True)
class Shown:
    """A poll as one reader sees it. The results are hidden until the reader has voted or the poll is closed."""

    id: int
    post_id: int | None
    question: str
    takes_several: bool
    is_standing: bool
    is_closed: bool
    has_voted: bool
    closes_at: Any
    voter_count: int
    choices: tuple[Choice, ...]

    @property
    def shows_results(self) -> bool:
        return self.has_voted or self.is_closed

    @property
    def may_vote(self) -> bool:
        return not self.shows_results


def selected(*conditions: ColumnElement[bool]) -> Select:
    """Polls with their choices as lists and what the reader has chosen: one row a poll."""
    in_order = PollChoice.number
    return (
        select(
            Poll.id,
            Poll.post_id,
            Poll.question,
            Poll.takes_several,
            Poll.is_standing,
            IS_CLOSED.label("is_closed"),
            Poll.closes_at,
            Poll.voter_count,
            func.array_agg(aggregate_order_by(PollChoice.text, in_order)).label("texts"),
            func.array_agg(aggregate_order_by(PollChoice.vote_count, in_order)).label("counts"),
            select(Vote.choices)
            .where(Vote.poll_id == Poll.id, Vote.user_id == bindparam("reader_id", type_=Integer))
            .correlate(Poll)
            .scalar_subquery()
            .label("own"),
        )
        .join(PollChoice, PollChoice.poll_id == Poll.id)
        .where(*conditions)
        .group_by(Poll.id)
    )


OF_POSTS = Statement(selected(Poll.post_id == any_(bindparam("post_ids", type_=ARRAY(BigInteger)))))
ONE = Statement(
    selected(Poll.id == bindparam("poll_id", type_=BigInteger), User.suspended_at.is_(None))
    .outerjoin(Post, Post.id == Poll.post_id)
    .outerjoin(User, User.id == Post.author_id)
)


def of_posts(db: Session, posts: Iterable[Any], reader_id: int) -> dict[int, Shown]:
    """The polls of those posts that have one, by the post's id: one query, and none where there are no polls."""
    post_ids = [post.id for post in posts if post.has_poll]
    if not post_ids:
        return {}
    return {row.post_id: _as_seen(row) for row in OF_POSTS.all(db, post_ids=post_ids, reader_id=reader_id)}


def one(db: Session, poll_id: int, *, reader_id: int) -> Shown:
    """A poll as a reader sees it, wherever it stands."""
    found = ONE.one_or_none(db, poll_id=poll_id, reader_id=reader_id)
    if found is None:
        raise not_found()
    return _as_seen(found)


def not_found() -> NotFound:
    return NotFound(Message("This poll does not exist any more."))


def _as_seen(row: Any) -> Shown:
    own = frozenset(row.own or ())
    is_open_book = bool(own) or row.is_closed
    shares = percents(row.counts, row.voter_count)
    choices = tuple(
        Choice(number, text, votes if is_open_book else None, share if is_open_book else None, number in own)
        for number, (text, votes, share) in enumerate(zip(row.texts, row.counts, shares, strict=True), start=1)
    )
    return Shown(
        id=row.id,
        post_id=row.post_id,
        question=row.question,
        takes_several=row.takes_several,
        is_standing=row.is_standing,
        is_closed=row.is_closed,
        has_voted=bool(own),
        closes_at=row.closes_at,
        voter_count=row.voter_count,
        choices=choices,
    )


def percents(counts: Sequence[int], voters: int) -> list[int]:
    """How many of a hundred voters have chosen each, rounded."""
    return [round(100 * count / voters) if voters else 0 for count in counts]


# The end


def close(db: Session, poll_id: int) -> bool:
    """Close a poll now, if it is open, and promise to tell those who took part; False if it was closed already."""
    shut = update(Poll).where(Poll.id == poll_id, or_(Poll.closes_at.is_(None), Poll.closes_at > func.now()))
    if db.scalar(shut.values(closes_at=func.now()).returning(Poll.id).execution_options(synchronize_session=False)) is None:
        if db.scalar(select(Poll.id).where(Poll.id == poll_id)) is None:
            raise not_found()
        return False
    queue.enqueue(db, "jobs.polls.close", poll_id=poll_id)
    return True


def tell_end(db: Session, poll_id: int) -> int | None:
    """Note that the end of a closed poll is told, and tell its author; gives the post's id, or None if there is nothing to tell:
    it has no post, was told before, or is not closed yet."""
    author_id = _author(db, poll_id)
    if author_id is None:
        return None
    notifications.lock(db, [author_id])
    told = update(Poll).where(Poll.id == poll_id, Poll.told_at.is_(None), IS_CLOSED).values(told_at=func.now())
    post_id = db.scalar(told.returning(Poll.post_id).execution_options(synchronize_session=False))
    if post_id is not None:
        notifications.tell_poll(db, [author_id], author_id, post_id)
    return post_id


def tell_voters(db: Session, poll_id: int, after: int = 0) -> int | None:
    """Tell the next of those who have voted, by their ids, that the poll is closed; gives the last one told, None at the end."""
    author_id = _author(db, poll_id)
    if author_id is None:
        return None
    next_ones = select(Vote.user_id).where(Vote.poll_id == poll_id, Vote.user_id > after).order_by(Vote.user_id)
    voters = db.scalars(next_ones.limit(TOLD_AT_ONCE)).all()
    present = notifications.lock(db, {author_id, *voters})
    post_id = db.scalar(select(Poll.post_id).where(Poll.id == poll_id))
    if post_id is not None:
        notifications.tell_poll(db, present - {author_id}, author_id, post_id)
    return voters[-1] if len(voters) == TOLD_AT_ONCE else None


def _author(db: Session, poll_id: int) -> int | None:
    """Who asks; None for a poll without a post, or of somebody who is suspended."""
    asked = select(Post.author_id).join(Poll, Poll.post_id == Post.id).join(User, User.id == Post.author_id)
    return db.scalar(asked.where(Poll.id == poll_id, User.suspended_at.is_(None)))


SUMMARY = (
    select(
        Poll.id,
        Poll.question,
        Post.body,
        Poll.is_standing,
        IS_CLOSED.label("is_closed"),
        Poll.voter_count,
        Poll.created_at,
    )
    .outerjoin(Post, Post.id == Poll.post_id)
    .order_by(Poll.is_standing.desc(), Poll.id.desc())
    .limit(literal(50))
)


def newest(db: Session) -> Sequence[Any]:
    """The standing ballot and the newest polls, for an operator to see."""
    return db.execute(SUMMARY).all()
