"""Answers to requests that carried an Idempotency-Key, so that a request sent again is answered and not done again."""

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant


class KeptAnswer(Base):
    """The first answer to what a caller has asked under a key. `digest` is that of the request; without a `status` it is still
    being answered, in the transaction that wrote the row."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint("char_length(key) BETWEEN 1 AND 255", name="key"),
        Index("ix__kept_answers__created_at", "created_at"),
    )

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(server_default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, server_default="")
    created_at: Mapped[Instant]
