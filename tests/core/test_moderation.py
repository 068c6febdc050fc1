"""Operators promote, suspend and restore."""

import pytest

from microblog.core import moderation, sessions, users
from microblog.core.refusals import NotFound
from microblog.models import User


def test_somebody_becomes_an_administrator_and_stops_being_one(db, alice):
    for is_admin in (True, False):
        moderation.set_admin(db, "ALICE", is_admin)
        db.expire_all()
        assert db.get(User, alice.id).is_admin == is_admin


def test_whoever_is_suspended_is_out_everywhere_until_restored(db, alice, bob):
    sessions.start(db, alice.id, "secret", remember=True, address="", user_agent="")
    moderation.suspend(db, "alice")
    assert sessions.visitor(db, "secret") is None
    with pytest.raises(NotFound):
        users.authenticate(db, "alice", "correct horse")
    with pytest.raises(NotFound):
        users.profile(db, "alice", reader_id=bob.id)
    assert moderation.identify(db, "alice") == alice.id
    moderation.restore(db, "alice")
    assert users.authenticate(db, "alice", "correct horse") == alice.id


def test_nobody_can_be_found(db):
    for verb in (moderation.suspend, moderation.restore, moderation.identify):
        with pytest.raises(NotFound, match="User nobody not found"):
            verb(db, "nobody")
