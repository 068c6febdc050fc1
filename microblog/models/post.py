"""What people say."""

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Post(Base):
    """One post. `mentions` are the usernames in its text that belonged to somebody when it was written; `nonce` is the mark of
    the form it came from, so that a form sent twice says it once. `search` holds the words it is found by."""

    __tablename__ = "posts"
    __searchable__ = ("body",)
    __narrowing__ = ("id", "author_id", "language")  # what a search can ask for besides words
    __table_args__ = (
        Index("ix__posts__author_id__id", "author_id", "id"),
        Index("ix__posts__search", "search", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": "256"}),
        UniqueConstraint("author_id", "nonce"),
        CheckConstraint("char_length(body) BETWEEN 1 AND 5000", name="body"),
        CheckConstraint("char_length(nonce) <= 64", name="nonce"),
    )

    id: Mapped[TimeOrderedId]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    body: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="")
    mentions: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True), server_default=text("'{}'"))
    nonce: Mapped[str | None]
    has_poll: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Instant]
    edited_at: Mapped[LaterInstant]
    search: Mapped[str] = mapped_column(TSVECTOR, server_default="", deferred=True)

    def __repr__(self) -> str:
        return f"<Post {self.body}>"
