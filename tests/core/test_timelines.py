"""Timelines show what they promise, newest first, each post once, at the same cost at any depth."""

import pytest
from sqlalchemy import func, text, update

from microblog.core import follows, posts, timelines
from microblog.framework.pagination import Cursor
from microblog.models import User


def bodies(page):
    return [post.body for post in page.items]


@pytest.fixture
def four(db, new_person):
    """The four people of the twenty-three chapters, each having said one thing: john, susan, mary, david."""
    people = {name: new_person(name) for name in ("john", "susan", "mary", "david")}
    for name in ("mary", "john", "susan", "david"):
        posts.publish(db, people[name].id, f"post from {name}", longest=300)
    for reader, author in (("john", "susan"), ("john", "david"), ("susan", "mary"), ("mary", "david")):
        follows.follow(db, people[reader].id, author)
    return people


@pytest.mark.row("MT-08.6", "MT-08.8", "MN-D5", "MN-D6")
@pytest.mark.parametrize(
    ("reader", "authors"),
    [("john", ["david", "susan", "john"]), ("susan", ["susan", "mary"]), ("mary", ["david", "mary"]), ("david", ["david"])],
)
def test_home_has_ones_own_posts_and_those_of_whom_one_follows_each_once(db, four, reader, authors):
    page = timelines.followed.page(db, Cursor(), 25, reader_id=four[reader].id)
    assert bodies(page) == [f"post from {author}" for author in authors]


@pytest.mark.row("MT-08.7")
def test_ones_own_posts_need_no_following_of_oneself(db, alice):
    posts.publish(db, alice.id, "hello", longest=300)
    assert bodies(timelines.followed.page(db, Cursor(), 25, reader_id=alice.id)) == ["hello"]
    assert db.get(User, alice.id).follower_count == 0


@pytest.mark.row("MT-09.4", "MT-D20")
def test_everybodys_posts_come_newest_first(db, four):
    assert bodies(timelines.everybody.page(db, Cursor(), 25)) == [
        f"post from {name}" for name in ("david", "susan", "john", "mary")
    ]


def test_one_authors_posts_are_theirs_alone(db, four):
    assert bodies(timelines.one_author.page(db, Cursor(), 25, author_id=four["susan"].id)) == ["post from susan"]


def test_nobody_reads_somebody_who_is_suspended(db, four):
    db.execute(update(User).where(User.id == four["david"].id).values(suspended_at=func.now()))
    assert "post from david" not in bodies(timelines.everybody.page(db, Cursor(), 25))
    assert "post from david" not in bodies(timelines.followed.page(db, Cursor(), 25, reader_id=four["john"].id))


@pytest.mark.parametrize("name", ["everybody", "one_author", "followed"])
def test_all_pages_together_are_the_whole_list_forwards_and_backwards(db, alice, bob, name):
    follows.follow(db, bob.id, "alice")
    wanted = [f"number {number}" for number in range(11)]
    for number, body in enumerate(wanted):
        posts.publish(db, (alice if number % 3 else bob).id if name == "followed" else alice.id, body, longest=300)
    values = {"everybody": {}, "one_author": {"author_id": alice.id}, "followed": {"reader_id": bob.id}}[name]
    listing = getattr(timelines, name)

    page, seen = listing.page(db, Cursor(), 4, **values), []
    assert page.newer is None
    while True:
        seen += bodies(page)
        if page.older is None:
            break
        last = page
        page = listing.page(db, Cursor(before=int(page.older["before"])), 4, **values)
    assert seen == wanted[::-1]

    back = listing.page(db, Cursor(after=int(page.newer["after"])), 4, **values)
    assert bodies(back) == bodies(last)
    assert bodies(listing.page(db, Cursor(page=2), 4, **values)) == wanted[::-1][4:8]


@pytest.mark.parametrize("name", ["everybody", "one_author", "followed"])
def test_a_timeline_is_read_from_indexes_and_never_from_the_whole_table(db, alice, name):
    db.execute(text("SET LOCAL enable_seqscan = off"))
    statement = str(getattr(timelines, name).statements["before"].compile(dialect=db.bind.dialect))
    values = {"reader_id": alice.id, "author_id": alice.id, "cursor": 2**62, "most": 26}
    plan = "\n".join(db.connection().exec_driver_sql("EXPLAIN " + statement, values).scalars())
    assert "Seq Scan on posts" not in plan, plan
    if name == "followed":
        assert "Index Only Scan" in plan, plan
        assert "ix__posts__author_id__id" in plan, plan
