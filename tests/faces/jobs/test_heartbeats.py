"""The sweep of heartbeats, as a worker does it."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from microblog.faces.jobs import JOBS
from microblog.models import Heartbeat


def test_only_workers_that_died_long_ago_are_forgotten(db, work):
    for mark, silent in (("alive", timedelta()), ("long dead", timedelta(hours=2))):
        db.execute(insert(Heartbeat).values(mark=mark, host="one", pid=1, seen_at=func.now() - silent))
    JOBS["jobs.heartbeats.sweep"](work)
    assert db.scalars(select(Heartbeat.mark)).all() == ["alive"]
