"""Tokens count once, for a while, for one purpose."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from microblog.core import tokens
from microblog.core.refusals import NotFound
from microblog.framework.database import Database
from microblog.models import Token, User

from ..together import in_transactions

HOUR = timedelta(hours=1)


def test_a_token_for_a_seed_is_always_the_same_and_no_other():
    first = tokens.derive(b"key", "reset", 7)
    assert first == tokens.derive(b"key", "reset", 7)
    assert (
        len({first, tokens.derive(b"key", "reset", 8), tokens.derive(b"key", "email", 7), tokens.derive(b"other", "reset", 7)})
        == 4
    )
    assert len(first) == 43


@pytest.mark.row("MT-10.4", "MT-D10")
def test_a_token_is_used_up_by_redeeming_and_not_by_looking(db, alice):
    tokens.issue(db, "abc", alice.id, "email", HOUR, email="new@example.org")
    for _ in range(2):
        assert tokens.look(db, "abc", "email").details == {"email": "new@example.org"}
    assert tokens.redeem(db, "abc", "email").user_id == alice.id
    for verb in (tokens.look, tokens.redeem):
        with pytest.raises(NotFound):
            verb(db, "abc", "email")


@pytest.mark.row("MT-10.4")
def test_a_token_that_is_altered_late_or_meant_for_something_else_does_not_count(db, alice):
    tokens.issue(db, "abc", alice.id, "reset", HOUR)
    for token, purpose in (("abd", "reset"), ("", "reset"), ("abc", "email")):
        with pytest.raises(NotFound):
            tokens.redeem(db, token, purpose)
    db.execute(update(Token).values(expires_at=Token.expires_at - 2 * HOUR))
    with pytest.raises(NotFound):
        tokens.redeem(db, "abc", "reset")
    tokens.sweep(db)
    assert db.scalars(select(Token)).all() == []


def test_only_a_digest_is_stored(db, alice):
    tokens.issue(db, "abc", alice.id, "reset", HOUR)
    row = db.execute(select(Token.__table__)).one()
    assert "abc" not in str(row)


def test_of_many_who_redeem_at_once_one_does(new_database):
    database = Database(new_database(), connections=16)
    with database.writing() as db:
        user_id = db.scalar(insert(User).values(username="alice").returning(User.id))
        tokens.issue(db, "abc", user_id, "reset", HOUR)
        db.commit()
    outcomes = in_transactions(database, [lambda db: tokens.redeem(db, "abc", "reset")] * 16)
    database.close()
    assert sum(isinstance(outcome, NotFound) for outcome in outcomes) == 15
