"""The jobs face: what the worker may be asked to do, and what comes again without being asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ...config import Config
from ...framework.languages import Languages
from ...framework.routing import Urls
from ...framework.templates import Templates
from ...gateways.mail import PostOffice
from . import (
    access_tokens,
    addresses,
    audit,
    exports,
    failures,
    heartbeats,
    kept_answers,
    limits,
    notifications,
    polls,
    queue,
    resets,
    sessions,
    tasks,
    tokens,
    translations,
)


@dataclass(frozen=True)
class Work:
    """What a job is given: the transaction that closes with it, and the means to speak to people.

    `show` tells the reader of a task how far it is, at once and whatever becomes of the transaction.
    """

    db: Session
    job_id: int
    promised_at: datetime
    config: Config
    urls: Urls
    languages: Languages
    templates: Templates
    post_office: PostOffice
    show: Callable[[str, int], None]


Job = Callable[..., None]

# By the address they are promised under.
JOBS: dict[str, Job] = {
    f"jobs.{job.__module__.rpartition('.')[2]}.{job.__name__}": job
    for job in (
        access_tokens.sweep,
        addresses.confirm,
        addresses.tell,
        audit.sweep,
        exports.create,
        failures.send,
        heartbeats.sweep,
        kept_answers.sweep,
        limits.sweep,
        notifications.sweep,
        polls.close,
        polls.tell,
        queue.sweep,
        resets.send,
        sessions.sweep,
        tasks.sweep,
        tokens.sweep,
        translations.sweep,
    )
}

PERIODIC: dict[str, timedelta] = {name: timedelta(hours=1) for name in JOBS if name.endswith(".sweep")}
