"""What the database itself says of allowances."""

from sqlalchemy import text

from microblog.models import Allowance


def test_allowances_are_written_without_a_log_for_they_may_be_lost(db):
    kept = text("SELECT relpersistence FROM pg_class WHERE relname = :name")
    assert db.scalar(kept, {"name": Allowance.__tablename__}) == "u"
    assert db.scalar(kept, {"name": "users"}) == "p"


def test_an_allowance_is_one_callers_use_of_one_limit():
    assert [column.name for column in Allowance.__table__.primary_key] == ["name", "caller"]
