"""Following and unfollowing."""

import pytest
from sqlalchemy import select

from microblog.models import User


def nothing(answer) -> bool:
    """Whether it went well and nothing more is said."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")


def counts(db, person):
    return db.execute(select(User.follower_count, User.followed_count).where(User.id == person.id)).one()


@pytest.mark.row("MN-11", "MN-13", "MN-D2", "MN-D3")
def test_whom_one_follows_is_in_the_timeline_until_one_unfollows(as_bob, as_alice, alice, bob, follows):
    as_alice.send("/tweet", tweet="from alice")
    assert as_bob.tweets() == []
    assert nothing(as_bob.send("/follow", id=bob.id, follow=alice.id))
    assert follows() == {(bob.id, alice.id)}
    assert as_bob.tweets() == ["from alice"]
    for _ in range(2):
        assert nothing(as_bob.send("/unfollow", id=bob.id, id_follow=alice.id))
        assert follows() == set()
        assert as_bob.tweets() == []


@pytest.mark.row("MN-11", "MN-13", "MN-17", "MN-D7")
@pytest.mark.parametrize("path", ["/follow", "/unfollow"])
@pytest.mark.parametrize("name", ["follow", "id_follow", "unfollow"])
@pytest.mark.parametrize("kind", [int, str])
def test_all_names_of_the_source_are_understood_and_numbers_in_strings(as_bob, alice, bob, follows, path, name, kind):
    if path == "/unfollow":
        as_bob.send("/follow", follow=alice.id)
    answer = as_bob.send(path, **{name: kind(alice.id)})
    if path == "/follow" and name == "unfollow":
        assert answer.status_code == 400
        assert follows() == set()
    else:
        assert nothing(answer)
        assert follows() == ({(bob.id, alice.id)} if path == "/follow" else set())


@pytest.mark.row("MN-12")
def test_following_twice_is_following(as_bob, as_alice, alice, bob, follows, db):
    as_alice.send("/tweet", tweet="once")
    for number in (alice.id, str(alice.id)):
        assert nothing(as_bob.send("/follow", follow=number))
    assert follows() == {(bob.id, alice.id)}
    assert (*counts(db, alice), *counts(db, bob)) == (1, 0, 0, 1)
    assert as_bob.tweets() == ["once"]


@pytest.mark.row("MN-D11")
@pytest.mark.parametrize("claimed", ["id", "user_id", "id_user"])
def test_who_follows_is_whoever_the_token_says_and_not_what_the_body_says(as_bob, alice, bob, charlie, follows, claimed):
    assert nothing(as_bob.send("/follow", **{claimed: charlie.id, "follow": alice.id}))
    assert follows() == {(bob.id, alice.id)}


def test_whoever_is_followed_hears_of_it(as_bob, alice, browser, bob):
    as_bob.send("/follow", follow=alice.id)
    browser.log_in(alice)
    assert "bob" in browser.get("/notifications", headers={"Accept": "text/html"}).text


@pytest.mark.row("MN-D16")
@pytest.mark.parametrize("path", ["/follow", "/unfollow"])
def test_nobody_follows_themselves(as_bob, bob, follows, path):
    answer = as_bob.send(path, follow=bob.id)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert "yourself" in answer.json["error"]
    assert follows() == set()


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize(
    "members",
    [{}, {"id": 1}, {"follow": None}, {"follow": "alice"}, {"follow": 1.5}, {"follow": True}, {"follow": 1, "id_follow": 2}],
)
def test_a_body_that_means_nobody_or_two_is_a_400_that_says_so(as_bob, alice, follows, members):
    for path in ("/follow", "/unfollow"):
        answer = as_bob.send(path, **members)
        assert (answer.status_code, answer.mimetype) == (400, "application/json")
        assert "number" in answer.json["error"]
    assert follows() == set()


def test_saying_the_same_person_by_two_names_is_fine(as_bob, alice, bob, follows):
    assert nothing(as_bob.send("/follow", follow=alice.id, id_follow=str(alice.id)))
    assert follows() == {(bob.id, alice.id)}
