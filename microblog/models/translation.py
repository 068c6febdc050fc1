"""Translations that were paid for once."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant


class Translation(Base):
    """A text in another language, found by the digest of what was asked for: the text and both languages."""

    __tablename__ = "translations"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[str]
    created_at: Mapped[Instant]
