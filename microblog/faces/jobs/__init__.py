"""The jobs face: what the worker may be asked to do, and what comes again without being asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from ...config import Config
from . import limits, queue, sessions


@dataclass(frozen=True)
class Work:
    """What a job is given: the transaction that closes with it, and the settings."""

    db: Session
    config: Config


Job = Callable[..., None]

# By the address they are promised under.
JOBS: dict[str, Job] = {
    f"jobs.{job.__module__.rpartition('.')[2]}.{job.__name__}": job for job in (limits.sweep, queue.sweep, sessions.sweep)
}

PERIODIC: dict[str, timedelta] = {
    "jobs.limits.sweep": timedelta(hours=1),
    "jobs.queue.sweep": timedelta(hours=1),
    "jobs.sessions.sweep": timedelta(hours=1),
}
