"""What the database itself says of heartbeats."""

from sqlalchemy import text

from microblog.models import Heartbeat


def test_heartbeats_are_written_without_a_log_for_they_may_be_lost(db):
    kept = text("SELECT relpersistence FROM pg_class WHERE relname = :name")
    assert db.scalar(kept, {"name": Heartbeat.__tablename__}) == "u"
