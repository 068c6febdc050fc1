"""People: what everybody may see of them, and apart from it what lets them in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant


class User(Base):
    """A person in public. `language` is '' where the browser decides; avatar version 0 is the picture the server
    draws. The counters are kept by the statements that make the counted rows, in the same transaction."""

    __tablename__ = "users"
    __searchable__ = ("username", "display_name")
    __narrowing__ = ()
    __table_args__ = (
        Index("uq__users__lower_username", text("lower(username)"), unique=True),
        Index("ix__users__search", "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        CheckConstraint(r"username ~ '^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$'", name="username"),
        CheckConstraint("char_length(display_name) <= 100", name="display_name"),
        CheckConstraint("char_length(about_me) <= 500", name="about_me"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str] = mapped_column(server_default="")
    about_me: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[Instant]
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    suspended_at: Mapped[LaterInstant]
    is_admin: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str] = mapped_column(server_default="")
    avatar_version: Mapped[int] = mapped_column(server_default="0")
    post_count: Mapped[int] = mapped_column(server_default="0")
    follower_count: Mapped[int] = mapped_column(server_default="0")
    followed_count: Mapped[int] = mapped_column(server_default="0")
    unread_message_count: Mapped[int] = mapped_column(server_default="0")
    unread_notification_count: Mapped[int] = mapped_column(server_default="0")
    last_message_read_time: Mapped[LaterInstant]
    search: Mapped[str] = mapped_column(TSVECTOR, server_default="", deferred=True)

    def __repr__(self) -> str:
        return f"<User {self.username}>"


class Credential(Base):
    """What lets a person in; a person without one can live elsewhere one day."""

    __tablename__ = "credentials"
    __table_args__ = (
        Index("uq__credentials__lower_email", text("lower(email)"), unique=True),
        CheckConstraint("char_length(email) BETWEEN 3 AND 254", name="email"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    password_changed_at: Mapped[Instant]
