"""The sweep of the audit trail, as a worker does it."""

from sqlalchemy import func, insert, select, text

from microblog.faces.jobs import JOBS
from microblog.models import AuditEntry


def test_only_what_is_older_than_a_year_is_forgotten(db, work):
    where = {"face": "", "address": "", "user_agent": "", "event": "logged_in", "user_id": 0}
    for years in (0, 2):
        db.execute(
            insert(AuditEntry).values(request_id=str(years), created_at=func.now() - text(f"interval '{years} years'"), **where)
        )
    JOBS["jobs.audit.sweep"](work)
    assert db.scalars(select(AuditEntry.request_id).where(AuditEntry.request_id != "")).all() == ["0"]
