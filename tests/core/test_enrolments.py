"""Joining without a username: one is made that is free."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from microblog.core import enrolments
from microblog.core.refusals import Invalid, Taken
from microblog.framework.database import Database
from microblog.models import User

from ..together import in_transactions


def handle(db, name, email) -> str:
    user_id = enrolments.create(db, name=name, email=email, password="x", shortest_password=1)
    return db.scalars(select(User.username).where(User.id == user_id)).one()


@pytest.mark.parametrize(
    ("name", "email", "username"),
    [
        ("Hallo Welt", "h@x.kr", "hallo_welt"),
        ("김철수", "chul.soo@x.kr", "chul_soo"),
        ("김철수", "철수@x.kr", "user2"),
        ("Ånström", "a@x.kr", "anstrom"),
        ("api", "a@x.kr", "api2"),
        ("x" * 80, "a@x.kr", "x" * 30),
    ],
)
def test_a_username_is_made_of_the_name_or_of_the_address(db, name, email, username):
    assert handle(db, name, email) == username


def test_a_taken_username_makes_way_for_the_next(db, alice):
    assert handle(db, "Alice", "one@x.kr") == "alice2"
    assert handle(db, "Alice", "two@x.kr") == "alice3"


def test_a_taken_address_is_said_to_be_taken_and_nothing_is_stored(db, alice):
    before = db.scalar(select(func.count()).select_from(User))
    for name in ("Somebody", "Alice"):
        with pytest.raises(Taken) as refusal:
            handle(db, name, "ALICE@example.org")
        assert "email" in refusal.value.errors
    with pytest.raises(Invalid):
        handle(db, "Somebody", "no address")
    assert db.scalar(select(func.count()).select_from(User)) == before


@pytest.mark.row("MN-D8", "VT-D10", "TK-16")
def test_sixteen_who_join_with_one_address_at_once_are_one(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000", "statement_timeout": "30000"})

    def join(db) -> int:
        return enrolments.create(db, name="Hallo", email="h@x.kr", password="test", shortest_password=1)

    outcomes = in_transactions(database, [join] * 16)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 1
    database.close()
    assert Counter(map(type, outcomes)) == {int: 1, Taken: 15}
