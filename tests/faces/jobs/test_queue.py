"""The sweep of the queue, as a worker does it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from microblog.faces.jobs import JOBS
from microblog.models import Job


@pytest.mark.row("MT-22.14")
def test_only_jobs_that_ended_long_ago_are_forgotten(db, work):
    for name, status, age in (("old", "done", 2), ("new", "done", 0), ("failed", "failed", 2), ("open", "waiting", 99)):
        ended = func.now() - timedelta(days=age) if status != "waiting" else None
        db.execute(insert(Job).values(name=name, status=status, finished_at=ended))
    JOBS["jobs.queue.sweep"](work)
    assert set(db.scalars(select(Job.name))) == {"new", "failed", "open"}
