"""Work promised inside a transaction and kept after it, and the clock of work that comes again and again."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant, TimeOrderedId


class Job(Base):
    """One promise. Whoever finds `run_at` in the past may take it: a worker that does so counts the attempt and moves `run_at` to
    the end of its lease, so that a worker that dies loses the job, and one that was only slow sees it in the attempt's number."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),
        Index("ix__jobs__run_at__id", "run_at", "id", postgresql_where=text("status IN ('waiting', 'running')")),
        Index("ix__jobs__failed", "finished_at", postgresql_where=text("status = 'failed'")),
        Index(
            "uq__jobs__name__only_once",
            "name",
            "only_once",
            unique=True,
            postgresql_where=text("only_once IS NOT NULL AND status IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[TimeOrderedId]
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    only_once: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="waiting")
    run_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    attempt: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[Instant]
    finished_at: Mapped[LaterInstant]


class PeriodicJob(Base):
    """When a job that comes again was last promised; the row decides which of many workers promises the next."""

    __tablename__ = "periodic_jobs"

    name: Mapped[str] = mapped_column(primary_key=True)
    promised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
