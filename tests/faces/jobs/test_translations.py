"""The sweep of translations, as a worker does it."""

from datetime import timedelta

from sqlalchemy import func, select, update

from microblog.core import translations
from microblog.faces.jobs import JOBS, PERIODIC
from microblog.models import Translation


def test_only_translations_that_are_old_are_forgotten(work):
    for text in ("old", "young"):
        translations.keep(work.db, text, "en", "es", text)
    old = update(Translation).where(Translation.digest == translations.digest("old", "en", "es"))
    work.db.execute(old.values(created_at=func.now() - timedelta(days=31)))
    JOBS["jobs.translations.sweep"](work)
    assert work.db.scalars(select(Translation.body)).all() == ["young"]
    assert "jobs.translations.sweep" in PERIODIC
