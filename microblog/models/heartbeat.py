"""Who does jobs at this moment."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, func
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant


class Heartbeat(Base):
    """One process that does jobs, as it was when it last said that it lives. `mark` is its own random word: two containers may
    have the same host name and the same process number."""

    __tablename__ = "heartbeats"
    # Lost after a crash of Postgres, and no harm done: whoever lives says so again within seconds. And so a beat costs no
    # write-ahead log, no wait for the disk, and no replica anything.
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    mark: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[Instant]
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failed: Mapped[int] = mapped_column(BigInteger, server_default="0")
