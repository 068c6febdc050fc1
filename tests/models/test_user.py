"""What the database itself says of people, whoever asks."""

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from microblog.framework.faults import constraint_of
from microblog.models import Credential, Follow, Post, Session, User


def refused_by(db, statement) -> str:
    """The constraint that says no to a statement."""
    with pytest.raises(IntegrityError) as refusal, db.begin_nested():
        db.execute(statement)
    return constraint_of(refusal.value)


@pytest.mark.row("MT-04.10")
def test_a_person_is_shown_by_their_name():
    assert repr(User(username="susan")) == "<User susan>"


@pytest.mark.row("MT-04.2", "MT-D07")
@pytest.mark.parametrize("username", ["", "a b", "a/b", "?", "-a", "a-", ".a", "a.", "수잔", "a\n", "a" * 65, "ａ"])
def test_no_name_is_stored_that_no_address_could_have(db, username):
    assert refused_by(db, insert(User).values(username=username)) == "ck__users__username"


@pytest.mark.parametrize("username", ["a", "_", "Susan_2.0-x", "a" * 64])
def test_a_good_name_is_stored(db, username):
    assert db.scalar(insert(User).values(username=username).returning(User.username)) == username


@pytest.mark.row("MT-04.2", "MT-D09")
def test_a_name_is_somebodys_in_every_case_of_its_letters(db, alice):
    assert refused_by(db, insert(User).values(username="ALICE")) == "uq__users__lower_username"


@pytest.mark.row("MT-04.2", "MT-D09")
def test_an_address_is_somebodys_in_every_case_of_its_letters(db, alice, bob):
    taken = insert(Credential).values(user_id=bob.id, email="Alice@Example.ORG", password_hash="x")
    db.execute(delete(Credential).where(Credential.user_id == bob.id))
    assert refused_by(db, taken) == "uq__credentials__lower_email"


@pytest.mark.parametrize(("column", "longest"), [("display_name", 100), ("about_me", 500)])
def test_a_text_is_as_long_as_it_may_be_and_not_longer(db, column, longest):
    db.execute(insert(User).values(username="susan", **{column: "한" * longest}))
    too_long = insert(User).values(username="david", **{column: "한" * (longest + 1)})
    assert refused_by(db, too_long) == f"ck__users__{column}"


@pytest.mark.row("MT-D08")
def test_a_hash_may_be_longer_than_todays(db, alice):
    db.execute(delete(Credential))
    db.execute(insert(Credential).values(user_id=alice.id, email="a@b", password_hash="x" * 1_000))
    assert db.scalar(select(func.length(Credential.password_hash))) == 1_000


@pytest.mark.parametrize("email", ["", "a@", "a" * 255])
def test_no_address_is_stored_that_is_too_short_or_too_long(db, alice, email):
    db.execute(delete(Credential))
    assert refused_by(db, insert(Credential).values(user_id=alice.id, email=email, password_hash="x")) == "ck__credentials__email"


def test_who_leaves_takes_everything_along(db, alice, bob):
    db.execute(insert(Post).values(author_id=alice.id, body="Hello"))
    both_ways = [(alice.id, bob.id), (bob.id, alice.id)]
    db.execute(insert(Follow), [{"follower_id": follower, "followed_id": followed} for follower, followed in both_ways])
    db.execute(
        insert(Session).values(digest=b"x", user_id=alice.id, expires_at=func.now(), remembered=False, address="", user_agent="")
    )
    db.execute(delete(User).where(User.id == alice.id))
    left = {table.__tablename__: db.scalar(select(func.count()).select_from(table)) for table in (Post, Follow, Session)}
    assert left == {"posts": 0, "followers": 0, "sessions": 0}
    assert db.scalars(select(Credential.user_id)).all() == [bob.id]
