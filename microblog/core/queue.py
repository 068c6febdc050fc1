"""The queue: a job is promised inside the transaction that needs it and kept after it, by whichever worker comes first."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from ..models import Job, PeriodicJob

CHANNEL = "jobs"
LEASE = timedelta(seconds=30)  # how long a worker may be silent before its job is another's
MOST_ATTEMPTS = 5
DONE_KEPT_FOR = timedelta(days=1)
FAILED_KEPT_FOR = timedelta(days=30)
LONGEST_ERROR = 10_000


def enqueue(
    db: Session, name: str, /, *, only_once: str | None = None, after: timedelta = timedelta(), **arguments: Any
) -> int | None:
    """Promise a job; its name is the address of a function in faces/jobs, its arguments are JSON. It is done at once, or `after`
    some time.

    Gives the job's id, or None if one of the same name and the same `only_once` is waiting or running already.
    """
    row = {"name": name, "only_once": only_once, "arguments": arguments, "run_at": func.now() + after}
    job_id = db.scalar(insert(Job).values(row).on_conflict_do_nothing().returning(Job.id))
    if job_id is not None and not after:
        db.execute(select(func.pg_notify(CHANNEL, "")))  # heard when the transaction commits
    return job_id


def promised(name: str, arguments: Any, *, after: ColumnElement[timedelta]) -> Insert:
    """The statement that promises a job for later, as a part of one whose columns may be in `arguments`, a JSON object."""
    row = select(literal(name), arguments, func.now() + after)
    return insert(Job).from_select(["name", "arguments", "run_at"], row)


def enqueue_periodic(db: Session, name: str, every: timedelta) -> None:
    """Promise a job that comes again, if its time has come and no other worker was quicker."""
    due = (
        insert(PeriodicJob)
        .values(name=name, promised_at=func.now())
        .on_conflict_do_update(
            index_elements=["name"], set_={"promised_at": func.now()}, where=PeriodicJob.promised_at <= func.now() - every
        )
        .returning(PeriodicJob.name)
    )
    if db.scalar(due):
        enqueue(db, name, only_once="periodic")


def claim(db: Session) -> Row[Any] | None:
    """Lease the job that has waited longest: its id, name, arguments, the number of this attempt and when it was promised."""
    waiting = (
        select(Job.id)
        .where(Job.status.in_(("waiting", "running")), Job.run_at <= func.now())
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return db.execute(
        update(Job)
        .where(Job.id == waiting)
        .values(status="running", attempt=Job.attempt + 1, run_at=func.now() + LEASE)
        .returning(Job.id, Job.name, Job.arguments, Job.attempt, Job.created_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def renew(db: Session, job_id: int, attempt: int) -> bool:
    """Prolong a lease; False if the job is another's by now."""
    return _change(db, job_id, attempt, run_at=func.now() + LEASE)


def finish(db: Session, job_id: int, attempt: int) -> bool:
    """Close a job in the transaction of its work; False, and the work must be rolled back, if it is another's by now."""
    return _change(db, job_id, attempt, status="done", finished_at=func.now())


def give_back(db: Session, job_id: int, attempt: int, error: str) -> bool:
    """Note a failure: another try after a growing pause (15 s, 1, 4 and 16 min), and none after the fifth, which gives False."""
    error = error[-LONGEST_ERROR:]
    if attempt >= MOST_ATTEMPTS:
        _change(db, job_id, attempt, status="failed", finished_at=func.now(), last_error=error)
        return False
    pause = timedelta(seconds=15 * 4 ** (attempt - 1))
    _change(db, job_id, attempt, status="waiting", run_at=func.now() + pause, last_error=error)
    return True


def sweep(db: Session) -> None:
    """Forget jobs that ended long ago; failed ones are kept longer, for whoever wants to know why."""
    for status, kept_for in (("done", DONE_KEPT_FOR), ("failed", FAILED_KEPT_FOR)):
        db.execute(delete(Job).where(Job.status == status, Job.finished_at < func.now() - kept_for))


def _change(db: Session, job_id: int, attempt: int, **values: Any) -> bool:
    mine = update(Job).where(Job.id == job_id, Job.attempt == attempt, Job.status == "running")
    return db.scalar(mine.values(values).returning(Job.id).execution_options(synchronize_session=False)) is not None


SHOWN = (Job.id, Job.name, Job.status, Job.attempt, Job.run_at, Job.created_at, Job.finished_at, Job.last_error)


def counts(db: Session) -> dict[str, int]:
    """How many jobs there are of each status."""
    return {row.status: row.number for row in db.execute(select(Job.status, func.count().label("number")).group_by(Job.status))}


def unfinished(db: Session, most: int) -> list[Row[Any]]:
    """Jobs that were given up, run or wait, in this order, the latest first."""
    found = select(*SHOWN).where(Job.status != "done").order_by(Job.status, Job.id.desc()).limit(most)
    return list(db.execute(found))


def one(db: Session, job_id: int) -> Row[Any] | None:
    """Everything about one job."""
    return db.execute(select(*SHOWN, Job.arguments).where(Job.id == job_id)).one_or_none()


def retry(db: Session, job_id: int) -> bool:
    """Let a job that was given up begin anew; False if there is none."""
    again = update(Job).where(Job.id == job_id, Job.status == "failed")
    values = {"status": "waiting", "attempt": 0, "run_at": func.now(), "finished_at": None}
    return db.scalar(again.values(values).returning(Job.id).execution_options(synchronize_session=False)) is not None
