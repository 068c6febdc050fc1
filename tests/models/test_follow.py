"""What the database itself says of who follows whom."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from microblog.framework.faults import constraint_of
from microblog.models import Follow


def follow(db, follower_id: int, followed_id: int) -> str | None:
    """Store it; the name of the constraint that says no, if one does."""
    try:
        with db.begin_nested():
            db.execute(insert(Follow).values(follower_id=follower_id, followed_id=followed_id))
    except IntegrityError as refusal:
        return constraint_of(refusal)
    return None


@pytest.mark.row("MT-08.1", "MT-08.4", "MT-D19")
def test_one_follows_another_once(db, alice, bob):
    assert [follow(db, alice.id, bob.id), follow(db, bob.id, alice.id)] == [None, None]
    assert follow(db, alice.id, bob.id) == "pk__followers"


@pytest.mark.row("MT-D19")
def test_nobody_follows_themselves(db, alice):
    assert follow(db, alice.id, alice.id) == "ck__followers__not_oneself"


@pytest.mark.row("MT-08.1")
def test_both_are_people(db, alice):
    assert follow(db, alice.id, -1) == "fk__followers__followed_id"
    assert follow(db, -1, alice.id) == "fk__followers__follower_id"
