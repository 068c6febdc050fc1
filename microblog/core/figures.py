"""Figures of the whole site, for whoever watches over it: one query, which counts neither people nor posts."""

from typing import Any

from sqlalchemy import BigInteger, String, case, cast, column, func, literal, select, table
from sqlalchemy.orm import Session

from ..framework.statements import Statement
from ..models import Counter, Heartbeat, Job
from .heartbeats import SILENCE

OPEN = Job.status.in_(("waiting", "running"))
ESTIMATED = ("posts", "sessions")  # too many to count each time: as Postgres last saw them
CLASS = table("pg_class", column("oid"), column("reltuples"))
LIVES = Heartbeat.seen_at > func.now() - literal(SILENCE)
IS_DUE = OPEN, Job.status == "waiting", Job.run_at <= func.now()


def _count(model: Any, *conditions: Any) -> Any:
    return select(func.count()).select_from(model).where(*conditions).scalar_subquery()


def _about(name: str) -> Any:
    live = func.pg_stat_get_live_tuples(CLASS.c.oid)
    return (
        select(cast(func.coalesce(func.nullif(live, 0), func.greatest(CLASS.c.reltuples, 0)), BigInteger))
        .where(CLASS.c.oid == func.to_regclass(name))
        .scalar_subquery()
    )


ALL = Statement(
    select(
        _count(Job, *IS_DUE).label("due"),
        _count(Job, OPEN, Job.status == "waiting", Job.run_at > func.now()).label("later"),
        _count(Job, OPEN, Job.status == "running").label("running"),
        _count(Job, Job.status == "failed").label("given_up"),
        select(func.coalesce(func.extract("epoch", func.now() - func.min(Job.run_at)), 0))
        .where(*IS_DUE)
        .scalar_subquery()
        .label("oldest"),
        _count(Heartbeat, LIVES).label("workers"),
        select(Counter.value).where(Counter.name == "users").scalar_subquery().label("people"),
        *(_about(name).label(name) for name in ESTIMATED),
        case((func.pg_is_in_recovery(), None), else_=cast(func.pg_current_wal_insert_lsn(), String)).label("position"),
    )
)


def all_of(db: Session) -> Any:
    """The queue (jobs that are due, for later, running and given up; seconds that the oldest has been due), the workers that
    live, the people, about how many posts and sessions there are, and how far Postgres' log goes."""
    return ALL.one_or_none(db)
