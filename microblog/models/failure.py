"""Errors nobody foresaw, counted by kind, so that the administrator hears of each once in a while and not each time."""

from datetime import datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Failure(Base):
    __tablename__ = "failures"

    mark: Mapped[str] = mapped_column(primary_key=True)
    happened: Mapped[int] = mapped_column(server_default="1")
    mailed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
