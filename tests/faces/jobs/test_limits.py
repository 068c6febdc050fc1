"""The sweep of allowances, as a worker does it."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from microblog.faces.jobs import JOBS
from microblog.models import Allowance


def test_only_allowances_that_are_whole_again_are_forgotten(db, work):
    for caller, moved in (("whole", timedelta(seconds=-1)), ("spent", timedelta(minutes=5))):
        db.execute(insert(Allowance).values(name="tests", caller=caller, whole_at=func.clock_timestamp() + moved))
    JOBS["jobs.limits.sweep"](work)
    assert db.scalars(select(Allowance.caller)).all() == ["spent"]
