"""Numbers that many count together: each time another one, and how many people there are."""

import random

from sqlalchemy import func, insert, select

from microblog.core import counters, moderation, users
from microblog.core.refusals import NotFound, Taken
from microblog.framework.database import Database
from microblog.models import User

from ..together import in_transactions


def test_a_number_goes_up_and_one_that_nobody_has_counted_is_0(db):
    assert counters.value(db, "sheep") == 0
    assert [counters.increase(db, "sheep") for _ in range(3)] == [1, 2, 3]
    assert counters.increase(db, "sheep", -2) == 1
    assert counters.value(db, "sheep") == 1


def test_a_crowd_that_counts_at_once_gets_different_numbers(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    numbers = in_transactions(database, [lambda db: counters.increase(db, "sheep")] * 16)
    database.close()
    assert sorted(numbers) == list(range(1, 17))


def test_people_are_counted_when_they_join_leave_or_are_suspended(db, alice):
    def agree() -> bool:
        rows = db.scalar(select(func.count()).select_from(User).where(User.suspended_at.is_(None)))
        return counters.value(db, "users") == rows

    assert agree()
    zed = users.register(db, username="zed", email="zed@example.org", password="correct horse")
    assert agree()
    for _ in range(2):
        moderation.suspend(db, "zed")
        assert agree()
    for _ in range(2):
        moderation.restore(db, "zed")
        assert agree()
    moderation.suspend(db, "zed")
    users.erase(db, zed)
    assert agree()
    users.erase(db, alice.id)
    assert agree()


def test_people_are_counted_exactly_when_they_join_leave_and_are_suspended_all_at_once(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000", "statement_timeout": "30000"})
    with database.writing() as db:
        names = [f"p{number}" for number in range(12)]
        ids = dict(db.execute(insert(User).returning(User.username, User.id), [{"username": name} for name in names]).all())
        counters.increase(db, "users", 12)
        for name in names[6:8]:
            moderation.suspend(db, name)
        db.commit()

    def join(db) -> None:
        users.register(db, username="Susan", email="susan@example.org", password="correct horse")

    deeds = [
        *[join] * 4,
        *[lambda db, name=name: users.erase(db, ids[name]) for name in (*names[:4], names[6])],
        *[lambda db, name=name: moderation.suspend(db, name) for name in (*names[2:6], names[4])],
        *[lambda db: moderation.restore(db, names[7])] * 2,
    ]
    random.Random(11).shuffle(deeds)
    refused = [refusal for refusal in in_transactions(database, deeds) if refusal is not None]
    with database.reading() as db:
        rows = db.scalar(select(func.count()).select_from(User).where(User.suspended_at.is_(None)))
        assert counters.value(db, "users") == rows == 12 + 1 - 4 - 2 - 1
    database.close()
    assert {type(refusal) for refusal in refused} <= {NotFound, Taken}
