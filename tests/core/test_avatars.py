"""Pictures are put up, replaced and taken down; their version belongs to what they show."""

import hashlib

import pytest
from sqlalchemy import func, select, update

from microblog.core import avatars
from microblog.models import Avatar, Credential, User


def version(db, person):
    return db.scalar(select(User.avatar_version).where(User.id == person.id))


def test_a_picture_that_is_put_up_is_there_with_the_version_the_person_carries(db, alice):
    made = avatars.put(db, alice.id, b"one picture")
    assert made > 0
    assert (version(db, alice), tuple(avatars.of(db, alice.id))) == (made, (made, b"one picture"))


def test_another_picture_has_another_version_and_the_first_comes_back_with_its_own(db, alice):
    first, second = avatars.put(db, alice.id, b"one"), avatars.put(db, alice.id, b"two")
    assert first != second
    assert avatars.of(db, alice.id).picture == b"two"
    assert avatars.put(db, alice.id, b"one") == first
    assert db.scalar(select(func.count()).select_from(Avatar)) == 1


def test_a_picture_that_is_removed_is_gone(db, alice):
    avatars.put(db, alice.id, b"one")
    avatars.remove(db, alice.id)
    avatars.remove(db, alice.id)
    assert (version(db, alice), avatars.of(db, alice.id)) == (0, None)


def test_who_is_suspended_shows_no_picture(db, alice):
    avatars.put(db, alice.id, b"one")
    db.execute(update(User).values(suspended_at=func.now()))
    assert avatars.of(db, alice.id) is None


@pytest.mark.row("MT-06.3")
def test_the_mark_of_an_address_is_the_same_whatever_its_case(db, alice, bob):
    db.execute(update(Credential).where(Credential.user_id == alice.id).values(email="John@Example.COM"))
    assert avatars.email_marks(db, [alice.id, bob.id, 2**40]) == {
        alice.id: "d4c74594d841139328695756648b6bd6",
        bob.id: hashlib.md5(bob.email.encode()).hexdigest(),
    }
