"""The sweep of sessions, as a worker does it."""

from datetime import timedelta

from sqlalchemy import func, select, update

from microblog.core import sessions
from microblog.faces.jobs import JOBS
from microblog.models import Session


def test_only_sessions_that_are_over_are_forgotten(db, work, alice):
    for secret in ("over", "open"):
        sessions.start(db, alice.id, secret, remember=False, address="", user_agent="")
    over = update(Session).where(Session.digest == sessions.digest("over"))
    db.execute(over.values(expires_at=func.now() - timedelta(seconds=1)))
    JOBS["jobs.sessions.sweep"](work)
    assert db.scalars(select(Session.digest)).all() == [sessions.digest("open")]
