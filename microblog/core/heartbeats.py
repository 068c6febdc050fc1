"""Heartbeats: each process that does jobs says again and again that it lives, and whoever asks learns how many do."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Heartbeat

EVERY = timedelta(seconds=15)  # between two beats of a process
SILENCE = timedelta(seconds=60)  # after which a process counts as dead: it has missed three beats
KEPT_FOR = timedelta(hours=1)  # how long the last word of a process that died stays to be read


def beat(db: Session, mark: str, *, host: str, pid: int, age: timedelta, done: int, failed: int) -> None:
    """Say that the process `mark` lives: where it runs, for how long it has, how many jobs it has done and how many attempts
    have failed. Instants are the database's own, whatever clock the process has."""
    row = insert(Heartbeat).values(mark=mark, host=host, pid=pid, started_at=func.now() - age, done=done, failed=failed)
    again = {"seen_at": func.now(), "done": row.excluded.done, "failed": row.excluded.failed}
    db.execute(row.on_conflict_do_update(index_elements=["mark"], set_=again))


def leave(db: Session, mark: str) -> None:
    """Say that a process stops because it was told to: it is not missed."""
    db.execute(delete(Heartbeat).where(Heartbeat.mark == mark))


def alive(db: Session) -> int:
    """How many processes do jobs at this moment."""
    return db.scalar(select(func.count()).select_from(Heartbeat).where(_lives())) or 0


def listing(db: Session) -> list[Row[Any]]:
    """The processes that do jobs at this moment, the oldest first: host, pid, started_at, seen_at, done, failed."""
    shown = (Heartbeat.host, Heartbeat.pid, Heartbeat.started_at, Heartbeat.seen_at, Heartbeat.done, Heartbeat.failed)
    return list(db.execute(select(*shown).where(_lives()).order_by(Heartbeat.started_at, Heartbeat.mark)))


def sweep(db: Session) -> None:
    """Forget processes that have been silent for long."""
    db.execute(delete(Heartbeat).where(Heartbeat.seen_at < func.now() - KEPT_FOR))


def _lives() -> Any:
    return Heartbeat.seen_at > func.now() - SILENCE
