"""What lets programs in: tokens of the API and JWTs of the source documents' protocols, each revocable because it has a row."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class AccessToken(Base):
    """A token of a person for one face. Those of the API are known by a digest and have a label; JWTs carry the id as `jti`
    and are known by their signature."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        CheckConstraint("face IN ('api', 'miniter', 'ballot', 'tokenauth')", name="face"),
        CheckConstraint("(digest IS NOT NULL) = (face = 'api')", name="digest"),
        CheckConstraint("char_length(label) <= 100", name="label"),
        Index("uq__access_tokens__digest", "digest", unique=True),
        Index("uq__access_tokens__user_id__label", "user_id", "label", unique=True, postgresql_where=text("face = 'api'")),
        Index("ix__access_tokens__user_id", "user_id"),
        Index("ix__access_tokens__expires_at", "expires_at"),
    )

    id: Mapped[TimeOrderedId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    face: Mapped[str]
    label: Mapped[str] = mapped_column(server_default="")
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[LaterInstant]
