"""What people are told: a list to read, and signals for open pages, of each name the newest."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Notification(Base):
    """One line of somebody's list: who did what to which post. `subject_id` is a post's or a task's id where there is one."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint("kind IN ('follow', 'mention', 'message', 'task', 'poll')", name="kind"),
        Index("ix__notifications__user_id__id", "user_id", "id"),
        Index("ix__notifications__subject_id", "subject_id", postgresql_where=text("subject_id IS NOT NULL")),
        Index("ix__notifications__actor_id", "actor_id", postgresql_where=text("actor_id IS NOT NULL")),
        Index(
            "uq__notifications__once",
            "user_id",
            "kind",
            "actor_id",
            "subject_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[TimeOrderedId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Instant]
    read_at: Mapped[LaterInstant]


class Signal(Base):
    """The newest state of something an open page shows, such as a count. `timestamp` is Unix time by the database clock and
    grows with every signal of a person, so that a page that asks for what is newer than its last one misses none."""

    __tablename__ = "signals"
    __table_args__ = (Index("ix__signals__user_id__timestamp", "user_id", "timestamp"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, server_default="")
    payload: Mapped[Any] = mapped_column(JSONB)
    timestamp: Mapped[float] = mapped_column(Double, server_default=text("extract(epoch FROM clock_timestamp())"))
