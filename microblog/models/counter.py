"""Numbers that many processes count together."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Counter(Base):
    """A number by its name: `users` is how many people there are who are not suspended, `lab` is the laboratory's."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, server_default="0")
