"""Polls, what one may choose, and who has chosen what."""

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Poll(Base):
    """A question with choices. Mostly a post asks it; one without a post asks it by its `question`.

    At most one is the standing ballot of the instance. `closes_at` is null where it stays open until somebody closes it;
    `told_at` says that its end has been told. The counters are kept by the statements that count a vote.
    """

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint("char_length(question) <= 300", name="question"),
        CheckConstraint("voter_count >= 0", name="voter_count"),
        Index("uq__polls__post_id", "post_id", unique=True),
        Index("uq__polls__standing", "is_standing", unique=True, postgresql_where=text("is_standing")),
    )

    id: Mapped[TimeOrderedId]
    post_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("posts.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(server_default="")
    takes_several: Mapped[bool] = mapped_column(server_default=text("false"))
    is_standing: Mapped[bool] = mapped_column(server_default=text("false"))
    voter_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Instant]
    closes_at: Mapped[LaterInstant]
    told_at: Mapped[LaterInstant]


class PollChoice(Base):
    """One of a poll's choices, numbered from 1 in the order in which they are shown."""

    __tablename__ = "poll_choices"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("char_length(text) BETWEEN 1 AND 100", name="text"),
        CheckConstraint("vote_count >= 0", name="vote_count"),
    )

    poll_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    text: Mapped[str]
    vote_count: Mapped[int] = mapped_column(server_default="0")


class Vote(Base):
    """What one person has chosen in one poll: the key says that nobody votes twice."""

    __tablename__ = "votes"
    __table_args__ = (
        CheckConstraint("cardinality(choices) >= 1", name="choices"),
        Index("ix__votes__user_id", "user_id"),
    )

    poll_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    choices: Mapped[tuple[int, ...]] = mapped_column(ARRAY(SmallInteger, as_tuple=True))
    created_at: Mapped[Instant]
