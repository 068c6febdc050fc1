"""Tasks: work a person has asked for, with a progress they can watch, closed whatever happens."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Task
from . import notifications, queue
from .refusals import Conflict, NotFound

RESULT_KEPT_FOR = timedelta(days=1)


def start(db: Session, user_id: int, name: str, description: str) -> str:
    """Promise the job of this name for a person, and let them watch it; gives the task's id.

    One that is not complete yet is a Conflict: the database knows, however quickly one clicks twice.
    """
    task_id = str(uuid4())
    row = {"id": task_id, "user_id": user_id, "name": name, "description": description}
    if db.scalar(insert(Task).values(row).on_conflict_do_nothing().returning(Task.id)) is None:
        raise Conflict(Message("An export task is currently in progress"))
    job_id = queue.enqueue(db, name, task_id=task_id, user_id=user_id)
    _change(db, task_id, job_id=job_id)
    _signal(db, user_id, task_id, 0)
    return task_id


def advance(db: Session, task_id: str, percent: int) -> None:
    """Show how far it is; 100 is left to `finish`, for what is not over must not look so."""
    percent = min(percent, 99)
    user_id = db.scalar(
        update(Task)
        .where(Task.id == task_id, Task.complete.is_(False), Task.progress < percent)
        .values(progress=percent)
        .returning(Task.user_id)
        .execution_options(synchronize_session=False)
    )
    if user_id is not None:
        _signal(db, user_id, task_id, percent)


def finish(db: Session, task_id: str, *, result: bytes | None = None, failed: bool = False) -> None:
    """Close a task, with what came of it, or as failed."""
    closed = db.execute(
        update(Task)
        .where(Task.id == task_id, Task.complete.is_(False))
        .values(complete=True, failed=failed, progress=100, result=result, finished_at=func.now())
        .returning(Task.user_id, Task.job_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if closed is not None:
        _signal(db, closed.user_id, task_id, 100)
        notifications.tell_task(db, closed.user_id, closed.job_id)


def abandon(db: Session, job_id: int) -> None:
    """Close the task of a job that was given up."""
    task_id = db.scalar(select(Task.id).where(Task.job_id == job_id, Task.complete.is_(False)))
    if task_id is not None:
        finish(db, task_id, failed=True)


SHOWN = (
    Task.id,
    Task.description,
    Task.progress,
    Task.complete,
    Task.failed,
    Task.created_at,
    Task.finished_at,
    and_(Task.result.is_not(None), Task.finished_at > func.now() - RESULT_KEPT_FOR).label("has_result"),
)
MOST_SHOWN = 100


def of(db: Session, user_id: int) -> Sequence[Any]:
    """A person's newest tasks, at most a hundred."""
    newest = select(*SHOWN).where(Task.user_id == user_id).order_by(Task.created_at.desc(), Task.id).limit(MOST_SHOWN)
    return db.execute(newest).all()


def one(db: Session, user_id: int, task_id: str) -> Any:
    """One of a person's own tasks; any other is NotFound."""
    found = db.execute(select(*SHOWN).where(Task.id == task_id, Task.user_id == user_id)).one_or_none()
    if found is None:
        raise NotFound(Message("This task is not there any more."))
    return found


def result(db: Session, user_id: int, task_id: str) -> bytes:
    """What came of a person's own task, for a day; anything else is NotFound."""
    fresh = Task.finished_at > func.now() - RESULT_KEPT_FOR
    found = db.scalar(select(Task.result).where(Task.id == task_id, Task.user_id == user_id, fresh))
    if found is None:
        raise NotFound(Message("This file is not there any more."))
    return found


def sweep(db: Session) -> None:
    """Forget results that are older than a day."""
    old = Task.finished_at < func.now() - RESULT_KEPT_FOR
    db.execute(update(Task).where(old, Task.result.is_not(None)).values(result=None))


def _change(db: Session, task_id: str, **values: Any) -> None:
    db.execute(update(Task).where(Task.id == task_id).values(values).execution_options(synchronize_session=False))


def _signal(db: Session, user_id: int, task_id: str, percent: int) -> None:
    notifications.signal(db, user_id, "task_progress", {"task_id": task_id, "progress": percent}, subject=task_id)
