"""Following is a set: twice is once, and the counters are right whoever comes at the same time."""

import random

import pytest
from sqlalchemy import func, insert, select

from microblog.core import follows
from microblog.core.refusals import Conflict, NotFound
from microblog.framework.database import Database
from microblog.models import Follow, User

from ..together import in_transactions


def counters(db, person):
    db.expire_all()
    user = db.get(User, person.id)
    return user.follower_count, user.followed_count


@pytest.mark.row("MT-08.2", "MT-08.3", "MT-08.4", "MN-12", "MT-D19")
def test_following_twice_is_following_and_unfollowing_twice_is_not(db, alice, bob):
    for _ in range(2):
        assert follows.follow(db, bob.id, "Alice") == "alice"
        assert counters(db, alice) == (1, 0)
        assert counters(db, bob) == (0, 1)
    for _ in range(2):
        follows.unfollow(db, bob.id, "alice")
        assert counters(db, alice) == (0, 0)
        assert counters(db, bob) == (0, 0)


@pytest.mark.row("MT-08.2", "MT-08.3", "MN-D16")
def test_nobody_follows_themselves(db, alice):
    with pytest.raises(Conflict, match="You cannot follow yourself!"):
        follows.follow(db, alice.id, "alice")
    with pytest.raises(Conflict, match="You cannot unfollow yourself!"):
        follows.unfollow(db, alice.id, "ALICE")


@pytest.mark.row("MT-08.2")
def test_whom_nobody_knows_nobody_follows(db, alice):
    with pytest.raises(NotFound, match="User nobody not found."):
        follows.follow(db, alice.id, "nobody")


def in_parallel(database, people, act):
    """Let every (follower, username) act at the same moment, each in a transaction of its own."""
    names = in_transactions(database, [lambda db, pair=pair: act(db, *pair) for pair in people])
    assert names == [username for _, username in people], "somebody was refused"


@pytest.fixture
def crowd(new_database):
    """A database that really commits, with 32 people: gives it and their ids by name."""
    database = Database(new_database(), connections=32, settings={"lock_timeout": "30000", "statement_timeout": "30000"})
    with database.writing() as db:
        rows = db.execute(insert(User).returning(User.username, User.id), [{"username": f"p{number}"} for number in range(32)])
        ids = dict(rows.all())
        db.commit()
    yield database, ids
    database.close()


def facts(database):
    """Rows and the sums of both counters."""
    with database.reading() as db:
        rows = db.scalar(select(func.count()).select_from(Follow))
        sums = db.execute(select(func.sum(User.follower_count), func.sum(User.followed_count))).one()
    return rows, *sums


def test_thirty_two_follows_of_one_person_by_one_person_are_one(crowd):
    database, ids = crowd
    in_parallel(database, [(ids["p0"], "p1")] * 32, follows.follow)
    assert facts(database) == (1, 1, 1)


@pytest.mark.row("MT-08.4")
def test_a_crowd_that_follows_each_other_at_once_is_counted_exactly(crowd):
    database, ids = crowd
    pairs = [(ids[f"p{number}"], f"p{(number + step) % 32}") for step in (1, 31) for number in range(32)]
    random.Random(1).shuffle(pairs)
    in_parallel(database, pairs[:32], follows.follow)
    in_parallel(database, pairs[32:], follows.follow)
    assert facts(database) == (64, 64, 64)
    in_parallel(database, pairs[:32], follows.unfollow)
    assert facts(database) == (32, 32, 32)
