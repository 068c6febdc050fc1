"""Leaving for good."""

import pytest
from sqlalchemy import func, select

from microblog.core import follows, posts
from microblog.models import Post, User


@pytest.fixture
def followed(db, alice, bob):
    follows.follow(db, alice.id, "bob")
    posts.publish(db, alice.id, "hello", longest=300)
    db.commit()


def test_the_page_offers_an_export_first_and_asks_for_the_password(as_alice):
    page = as_alice.get("/account/delete").text
    assert page.index("/microblog/export_posts") < page.index('name="password"')


def test_who_leaves_is_gone_and_logged_out_everywhere(as_alice, new_browser, alice, followed, db):
    elsewhere = new_browser()
    elsewhere.log_in(alice)
    answer = as_alice.send("/account/delete", password="correct horse")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/auth/login")
    assert as_alice.flashes("/auth/login") == ["Your account is gone, and all that was in it. Farewell!"]
    assert elsewhere.get("/").status_code == as_alice.get("/").status_code == 302
    assert as_alice.send("/auth/login", username="alice", password="correct horse").status_code == 422
    assert db.execute(select(User.username, User.follower_count)).all() == [("bob", 0)]
    assert db.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize(("password", "message"), [("wrong", "This is not your password."), ("", "This field is required.")])
def test_without_the_password_nobody_goes(as_alice, followed, db, password, message):
    answer = as_alice.send("/account/delete", password=password)
    assert answer.status_code == 422
    assert message in answer.text
    assert db.scalar(select(func.count()).select_from(User)) == 2
