"""Logins of people with a browser, known by the digest of a secret that only the cookie holds."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant


class Session(Base):
    __tablename__ = "sessions"
    __table_args__ = (Index("ix__sessions__user_id", "user_id"), Index("ix__sessions__expires_at", "expires_at"))

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[Instant]
    last_used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    remembered: Mapped[bool]
    confirmed_at: Mapped[Instant]  # when the person last showed their password in it
    address: Mapped[str]
    user_agent: Mapped[str]
