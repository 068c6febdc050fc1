"""What has happened to accounts: kept for a year and changed by nobody."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .base import Base, Instant, TimeOrderedId


class AuditEntry(Base):
    """One thing that happened to an account. `user_id` is a bare number, so that an entry outlives the person; 0 where nobody has
    that account. A trigger refuses every change, and deletion before a year has passed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix__audit_entries__user_id__id", "user_id", "id"),
        Index("ix__audit_entries__event__id", "event", "id"),
    )

    id: Mapped[TimeOrderedId]
    user_id: Mapped[int]
    event: Mapped[str]
    face: Mapped[str]
    address: Mapped[str]
    user_agent: Mapped[str]
    request_id: Mapped[str]
    created_at: Mapped[Instant]
