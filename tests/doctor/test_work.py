"""Workers and their queue."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from microblog.core import heartbeats, queue
from microblog.doctor import work as module
from microblog.doctor.verdicts import Unseen
from microblog.framework.database import Database
from microblog.models import Job


def test_a_worker_that_lives(patient, db):
    assert "microblog-worker" in module.workers(patient).mend
    heartbeats.beat(db, "a mark", host="here", pid=1, age=timedelta(seconds=5), done=0, failed=0)
    db.commit()
    found = module.workers(patient)
    assert (found.level, found.seen) == ("fine", "1 worker(s) live.")


@pytest.fixture
def job(db):
    """Promises a job that is overdue by some seconds, or is otherwise what a test says."""

    def promise(late: float, **values) -> None:
        job_id = queue.enqueue(db, "jobs.sessions.sweep")
        run_at = datetime.now(UTC) - timedelta(seconds=late)
        db.execute(update(Job).where(Job.id == job_id).values(run_at=run_at, **values))
        db.commit()

    return promise


@pytest.mark.parametrize(("late", "level"), [(-900, "fine"), (5, "fine"), (90, "warning"), (700, "wrong")])
@pytest.mark.parametrize("status", ["waiting", "running"])
def test_jobs_that_wait(patient, job, late, level, status):
    assert module.queue(patient).level == "fine"
    job(late, status=status)
    found = module.queue(patient)
    assert (found.level, "jobs list" in found.mend) == (level, level != "fine")


def test_jobs_that_have_ended_wait_no_more(patient, job):
    job(9_000, status="done", finished_at=datetime.now(UTC))
    assert module.queue(patient).level == "fine"


@pytest.mark.parametrize(("hours", "level"), [(1, "warning"), (25, "fine")])
def test_jobs_that_were_given_up(patient, job, hours, level):
    job(0, status="failed", finished_at=datetime.now(UTC) - timedelta(hours=hours))
    found = module.given_up(patient)
    assert (found.level, "jobs retry ID" in found.mend) == (level, level == "warning")


@pytest.mark.parametrize("check", [module.workers, module.queue, module.given_up])
def test_without_a_schema_nothing_is_seen(patient, new_database, check):
    patient.database = Database(new_database(migrated=False), connections=1)
    with pytest.raises(Unseen, match="schema is behind"):
        check(patient)
    patient.database.close()
