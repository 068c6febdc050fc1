"""Following and unfollowing by button."""

import pytest
from sqlalchemy import select

from microblog.models import Follow


@pytest.mark.row("MT-08.2", "MT-08.3", "MT-08.4")
def test_a_button_follows_and_another_stops(as_alice, alice, bob, db):
    for _ in range(2):
        answer = as_alice.press("/follow/BOB")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/user/bob")
        assert as_alice.flashes() == ["You are following bob!"]
    assert db.execute(select(Follow.follower_id, Follow.followed_id)).all() == [(alice.id, bob.id)]
    assert as_alice.press("/unfollow/bob").status_code == 303
    assert as_alice.flashes() == ["You are not following bob."]
    assert db.execute(select(Follow)).all() == []


@pytest.mark.row("MT-08.2", "MT-08.3")
@pytest.mark.parametrize(
    ("path", "sentence", "where"),
    [
        ("/follow/nobody", "User nobody not found.", "/microblog/"),
        ("/unfollow/nobody", "User nobody not found.", "/microblog/"),
        ("/follow/alice", "You cannot follow yourself!", "/microblog/user/alice"),
        ("/unfollow/alice", "You cannot unfollow yourself!", "/microblog/user/alice"),
    ],
)
def test_what_cannot_be_is_said(as_alice, path, sentence, where):
    answer = as_alice.press(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert as_alice.flashes() == [sentence]


@pytest.mark.row("MT-D04")
def test_a_link_follows_nobody(as_alice, bob, db):
    assert as_alice.get("/follow/bob").status_code == 405
    assert db.execute(select(Follow)).all() == []


def test_one_comes_back_to_where_the_button_was_and_nowhere_else(as_alice, bob):
    assert as_alice.press("/follow/bob", next="/microblog/explore?page=2").headers["Location"] == "/microblog/explore?page=2"
    assert as_alice.press("/follow/bob", next="//evil.test").headers["Location"] == "/microblog/user/bob"
