"""A replica that does not answer is left alone for a while; how it follows is shown in tests/faults/test_replica.py."""

from microblog.framework import replica
from microblog.framework.database import Database
from microblog.framework.replica import Replica


def test_who_does_not_answer_is_left_alone_for_some_seconds(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(replica.time, "monotonic", lambda: now)
    mirror = Replica(Database("postgresql://nobody@/nothing", connections=1))
    assert not mirror.is_avoided
    mirror.avoid()
    assert mirror.is_avoided
    now += replica.AVOIDED_FOR
    assert not mirror.is_avoided


def test_a_position_is_one_of_the_log_of_postgres(db):
    before, after = (replica.position(db) for _ in range(2))
    assert [int(part, 16) for part in before.split("/")] <= [int(part, 16) for part in after.split("/")]
