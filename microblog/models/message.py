"""Messages between two people, and each one's view of the conversation."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("char_length(body) BETWEEN 1 AND 5000", name="body"),
        CheckConstraint("char_length(nonce) <= 64", name="nonce"),
        CheckConstraint("sender_id <> recipient_id", name="not_to_oneself"),
        Index("ix__messages__pair__id", text("least(sender_id, recipient_id)"), text("greatest(sender_id, recipient_id)"), "id"),
        Index("ix__messages__recipient_id__id", "recipient_id", "id"),
        Index("uq__messages__sender_id__nonce", "sender_id", "nonce", unique=True),
    )

    id: Mapped[TimeOrderedId]
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    body: Mapped[str]
    nonce: Mapped[str | None]
    created_at: Mapped[Instant]

    def __repr__(self) -> str:
        return f"<Message {self.body}>"


class Conversation(Base):
    """One person's side of what they and another have written to each other: how far it goes and what they have not read."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("unread_count >= 0", name="unread_count"),
        Index("ix__conversations__user_id__last_message_id", "user_id", "last_message_id"),
        Index("ix__conversations__other_id", "other_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    last_message_id: Mapped[int] = mapped_column(BigInteger)
    unread_count: Mapped[int] = mapped_column(server_default="0")
    read_at: Mapped[LaterInstant]
