"""Timelines show what they promise, newest first, each post once, at the same cost at any depth."""

import re

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


def home(db, reader, size=25, **position):
    return timelines.followed.page(db, Cursor(**position), size, reader_id=reader.id)


def reads_many(db, reader, number=timelines.FEW + 1):
    """Make somebody pass for one who follows many, whose page is looked for among the latest posts of all."""
    db.execute(update(User).where(User.id == reader.id).values(followed_count=number))


@pytest.fixture(params=["few", "many"])
def reader(request, db, alice, bob):
    """Bob, who follows Alice, and in one case passes for somebody who follows many."""
    follows.follow(db, bob.id, "alice")
    if request.param == "many":
        reads_many(db, bob)
    return bob


def say(db, author, number, since=0):
    """Let somebody say many things at once."""
    said = (
        "INSERT INTO posts (author_id, body) SELECT :author, 'number ' || n FROM generate_series(:first, :last) AS n ORDER BY n"
    )
    db.execute(text(said), {"author": author.id, "first": since, "last": since + number - 1})


def test_a_suspended_person_takes_nobodys_place_on_the_page(db, reader, alice, charlie):
    follows.follow(db, reader.id, "charlie")
    say(db, alice, 8)
    say(db, charlie, 8, since=8)
    assert bodies(home(db, reader, 5)) == [f"number {number}" for number in range(15, 10, -1)]
    db.execute(update(User).where(User.id == charlie.id).values(suspended_at=func.now()))
    page = home(db, reader, 5)
    assert bodies(page) == [f"number {number}" for number in range(7, 2, -1)]
    assert bodies(home(db, reader, 5, before=int(page.older["before"]))) == ["number 2", "number 1", "number 0"]


def test_what_is_deleted_or_no_longer_followed_is_gone_at_once(db, reader, alice, charlie):
    say(db, alice, 8)
    own = posts.publish(db, reader.id, "my own", longest=300)
    say(db, charlie, 3)
    page = home(db, reader, 5)
    assert bodies(page) == ["my own", *(f"number {number}" for number in range(7, 3, -1))]
    posts.withdraw(db, alice.id, page.items[1].id)
    assert bodies(home(db, reader, 5)) == ["my own", *(f"number {number}" for number in range(6, 2, -1))]
    posts.withdraw(db, reader.id, own)
    follows.unfollow(db, reader.id, "alice")
    assert bodies(home(db, reader, 5)) == []


@pytest.mark.parametrize("position", ["first", "before", "after", "page"])
def test_both_ways_to_a_page_lead_to_the_same(db, bob, alice, charlie, position):
    follows.follow(db, bob.id, "alice")
    for round_ in range(12):
        say(db, (alice, charlie, bob)[round_ % 3], 3, since=round_ * 3)
    ids = [post.id for post in home(db, bob).items]
    where = {"first": {}, "before": {"before": ids[7]}, "after": {"after": ids[12]}, "page": {"page": 3}}[position]
    pages = []
    for number in (1, timelines.FEW + 1):
        reads_many(db, bob, number)
        pages.append(home(db, bob, 6, **where))
    assert pages[0] == pages[1]
    assert len(pages[0].items) == 6


def test_a_walk_that_finds_too_little_is_given_up_and_the_page_is_full_all_the_same(db, bob, alice, charlie):
    follows.follow(db, bob.id, "alice")
    reads_many(db, bob)
    say(db, alice, 8)
    say(db, charlie, (timelines.FEW + 1) * timelines.NEAR)
    say(db, alice, 2, since=8)
    assert bodies(home(db, bob, 5)) == [f"number {number}" for number in range(9, 4, -1)]


def test_who_follows_many_is_not_asked_for_each_of_them(db, bob, alice):
    follows.follow(db, bob.id, "alice")
    say(db, alice, 30)
    compiled = timelines.followed.statements["before"].compile(dialect=db.bind.dialect)
    plans = []
    for number in (1, timelines.FEW + 1):
        reads_many(db, bob, number)
        values = compiled.params | {"reader_id": bob.id, "cursor": 2**62, "most": 26}
        explained = db.connection().exec_driver_sql("EXPLAIN (ANALYZE, TIMING off) " + str(compiled), values).scalars()
        plans.append("\n".join(explained))
    merging = [re.search(r"ix__posts__author_id__id.*", plan)[0] for plan in plans]
    assert "never executed" not in merging[0], plans[0]
    assert "never executed" in merging[1], plans[1]


@pytest.mark.parametrize("name", ["everybody", "one_author", "followed", "followed by who follows many"])
def test_all_pages_together_are_the_whole_list_forwards_and_backwards(db, alice, bob, name):
    follows.follow(db, bob.id, "alice")
    name, _, many = name.partition(" ")
    if many:
        reads_many(db, bob)
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
    compiled = getattr(timelines, name).statements["before"].compile(dialect=db.bind.dialect)
    values = compiled.params | {"reader_id": alice.id, "author_id": alice.id, "cursor": 2**62, "most": 26}
    plan = "\n".join(db.connection().exec_driver_sql(f"EXPLAIN {compiled}", values).scalars())
    assert "Seq Scan on posts" not in plan, plan
    if name == "followed":
        assert "Index Only Scan" in plan, plan
        assert "ix__posts__author_id__id" in plan, plan
