"""People as programs meet them: by number, in lists that rise, changed one member at a time."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import follows, search, users
from microblog.core.refusals import Conflict, Invalid, NotFound, Taken
from microblog.framework.pagination import Cursor
from microblog.models import User


def names(page) -> list[str]:
    return [row.username for row in page.items]


def cursor(parameters) -> Cursor:
    return Cursor(**{name: int(value) for name, value in parameters.items()})


@pytest.fixture
def crowd(db, new_person):
    """Alice, Bob, Charlie, and Zed, who is suspended, in the order in which they joined."""
    people = [new_person(username) for username in ("alice", "bob", "zed", "charlie")]
    db.execute(update(User).where(User.username == "zed").values(suspended_at=func.now()))
    return people


@pytest.fixture
def nobodies(new_person) -> tuple[int, ...]:
    """Numbers behind which nobody is to be seen, some of them greater than any person's can be."""
    return (new_person("gone", suspended_at=func.now()).id, 0, 2**31, 2**63 - 1)


def test_everybody_is_listed_in_the_order_of_joining_without_the_suspended(db, crowd, counted):
    with counted() as statements:
        page = users.everybody.page(db, Cursor(), 10)
    assert len(statements) == 1
    assert (names(page), page.newer, page.older) == (["alice", "bob", "charlie"], None, None)
    assert "email" not in page.items[0]._fields


@pytest.mark.parametrize("which", ["everybody", "followers", "followed"])
def test_each_list_is_walked_to_its_end_and_back(db, alice, new_person, which):
    people = [new_person(f"p{number}") for number in range(5)]
    db.execute(update(User).where(User.id == people[2].id).values(suspended_at=func.now()))
    for person in people:
        follows.follow_by_id(db, person.id, alice.id)
        follows.follow_by_id(db, alice.id, person.id)
    wanted = ["p0", "p1", "p3", "p4"]
    if which == "everybody":
        wanted, values = ["alice", *wanted], {}
    else:
        values = {"user_id": alice.id}
    listing = getattr(users, which)
    page = listing.page(db, Cursor(), 2, **values)
    there = names(page)
    assert page.newer is None
    while page.older:
        page = listing.page(db, cursor(page.older), 2, **values)
        there += names(page)
    back = names(page)
    while page.newer:
        page = listing.page(db, cursor(page.newer), 2, **values)
        back = names(page) + back
    assert there == back == wanted


def test_a_list_is_of_the_person_one_asks_for(db, alice, bob, charlie):
    follows.follow_by_id(db, bob.id, alice.id)
    assert names(users.followers.page(db, Cursor(), 9, user_id=alice.id)) == ["bob"]
    assert names(users.followed.page(db, Cursor(), 9, user_id=bob.id)) == ["alice"]
    for listing in (users.followers, users.followed):
        assert names(listing.page(db, Cursor(), 9, user_id=charlie.id)) == []


def test_a_person_is_found_by_number_with_who_follows_whom(db, alice, bob, nobodies, counted):
    follows.follow_by_id(db, bob.id, alice.id)
    with counted() as statements:
        seen = users.profile_by_id(db, alice.id, reader_id=bob.id)
    assert len(statements) == 1
    assert (seen.username, seen.is_followed, seen.follows_back, seen.follower_count) == ("alice", True, False, 1)
    assert users.profile_by_id(db, bob.id, reader_id=alice.id).follows_back
    assert users.name(db, alice.id) == "alice"
    for user_id in nobodies:
        for ask in (lambda: users.profile_by_id(db, user_id, reader_id=bob.id), lambda: users.name(db, user_id)):  # noqa: B023
            with pytest.raises(NotFound, match="There is nobody with this id."):
                ask()


def test_nobody_follows_themselves_by_number_either(db, alice):
    for turn in (follows.follow_by_id, follows.unfollow_by_id):
        with pytest.raises(Conflict, match="yourself"):
            turn(db, alice.id, alice.id)


def test_following_by_number_twice_is_following_once(db, alice, bob):
    for _ in range(2):
        follows.follow_by_id(db, bob.id, alice.id)
    assert users.profile_by_id(db, alice.id, reader_id=bob.id).follower_count == 1
    for _ in range(2):
        follows.unfollow_by_id(db, bob.id, alice.id)
    assert users.profile_by_id(db, alice.id, reader_id=bob.id).follower_count == 0


# Changing


def shown(db, user_id: int) -> tuple:
    return tuple(
        db.execute(select(User.username, User.display_name, User.about_me, User.language).where(User.id == user_id)).one()
    )


@pytest.mark.row("MT-23.11")
@pytest.mark.parametrize(
    ("changed", "becomes"),
    [
        ({}, ("alice", "Alice Ånström", "", "")),
        ({"username": "Alice"}, ("Alice", "Alice Ånström", "", "")),
        ({"display_name": " A \n B "}, ("alice", "A B", "", "")),
        ({"display_name": ""}, ("alice", "", "", "")),
        ({"about_me": "new"}, ("alice", "Alice Ånström", "new", "")),
        ({"language": "ko"}, ("alice", "Alice Ånström", "", "ko")),
    ],
)
def test_only_what_is_said_is_changed(db, alice, changed, becomes):
    users.edit(db, alice.id, **changed, languages=("en", "ko"))
    assert shown(db, alice.id) == becomes


def test_who_changes_nothing_of_their_name_keeps_it_even_if_nobody_could_take_it_today(db, new_person):
    early = new_person("support")
    users.edit(db, early.id, username="support", about_me="I was here first.")
    assert shown(db, early.id)[0] == "support"
    with pytest.raises(Invalid):
        users.edit(db, early.id, username="Admin")


@pytest.mark.row("MT-23.11")
def test_a_taken_name_is_said_to_be_taken_and_nothing_else_is_changed(db, alice, bob):
    with pytest.raises(Taken) as refusal:
        users.edit(db, alice.id, username="BOB", about_me="new")
    assert list(refusal.value.errors) == ["username"]
    assert shown(db, alice.id) == ("alice", "Alice Ånström", "", "")


def test_a_new_name_is_found(db, alice):
    users.edit(db, alice.id, display_name="Zacharias")
    found = select(User.id).where(User.search == search.words_of(User, username="alice", display_name="Zacharias"))
    assert db.scalars(found).all() == [alice.id]


def test_whoever_joins_may_say_more_of_themselves_within_bounds(db):
    said = {"password": "correct horse", "display_name": " Su \n san ", "about_me": "Hello!"}
    susan = users.register(db, username="susan", email="susan@example.org", **said)
    assert shown(db, susan) == ("susan", "Su san", "Hello!", "")
    for member, text in (("display_name", "x" * 101), ("about_me", "x" * 501)):
        with pytest.raises(Invalid) as refusal:
            users.register(db, username="david", email="david@example.org", password="correct horse", **{member: text})
        assert list(refusal.value.errors) == [member]
    assert db.scalar(select(func.count()).select_from(User)) == 1
