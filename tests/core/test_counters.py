"""Numbers that many count together: each time another one, and how many people there are."""

import threading

from sqlalchemy import func, select

from microblog.core import counters, moderation, users
from microblog.framework.database import Database
from microblog.models import User


def test_a_number_goes_up_and_one_that_nobody_has_counted_is_0(db):
    assert counters.value(db, "sheep") == 0
    assert [counters.increase(db, "sheep") for _ in range(3)] == [1, 2, 3]
    assert counters.increase(db, "sheep", -2) == 1
    assert counters.value(db, "sheep") == 1


def test_a_crowd_that_counts_at_once_gets_different_numbers(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    start, numbers = threading.Barrier(16), []

    def count() -> None:
        start.wait()
        with database.writing() as db:
            numbers.append(counters.increase(db, "sheep"))
            db.commit()

    threads = [threading.Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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
