"""Pictures people have uploaded, made anew by us before they were stored."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant


class Avatar(Base):
    """A person's picture: a square WebP. The version in its address makes it new for every cache when it changes."""

    __tablename__ = "avatars"
    __table_args__ = (CheckConstraint("octet_length(picture) <= 524288", name="picture"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]
