"""Answers that nobody will ask for again are forgotten."""

from sqlalchemy import func, select, update

from microblog.core import kept_answers
from microblog.faces.jobs import kept_answers as jobs
from microblog.models import KeptAnswer


def test_what_is_older_than_a_day_goes(work, db):
    for key in ("old", "new"):
        kept_answers.claim(db, "user 1", key, b"request")
    old = update(KeptAnswer).where(KeptAnswer.key == "old")
    db.execute(old.values(created_at=func.now() - kept_answers.KEPT_FOR * 1.01))
    jobs.sweep(work)
    assert list(db.scalars(select(KeptAnswer.key))) == ["new"]
