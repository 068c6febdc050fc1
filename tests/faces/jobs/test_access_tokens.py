"""Tokens of programs that are over are forgotten."""

from datetime import timedelta

from sqlalchemy import select

from microblog.core import access_tokens
from microblog.faces.jobs import access_tokens as jobs
from microblog.models import AccessToken


def test_what_is_over_goes_and_what_counts_stays(work, db, alice):
    access_tokens.issue(db, alice.id, "miniter", timedelta(seconds=-1))
    good = access_tokens.issue(db, alice.id, "miniter", timedelta(hours=1))
    jobs.sweep(work)
    assert list(db.scalars(select(AccessToken.id))) == [good.id]
