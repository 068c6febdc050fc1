"""Tokens that let somebody do one thing once: a new password, a new address, one download."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Token(Base):
    """The token itself is not stored: it is derived from the row and a key, and known by its digest."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'email', 'download')", name="purpose"),
        Index("uq__tokens__digest", "digest", unique=True),
        Index("ix__tokens__user_id__purpose", "user_id", "purpose"),
        Index("ix__tokens__expires_at", "expires_at"),
    )

    id: Mapped[TimeOrderedId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[LaterInstant]
