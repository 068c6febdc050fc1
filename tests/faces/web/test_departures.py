"""Leaving for good."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import follows, posts, sessions
from microblog.models import Post, Session, User


@pytest.fixture
def followed(db, alice, bob):
    follows.follow(db, alice.id, "bob")
    posts.publish(db, alice.id, "hello", longest=300)
    db.commit()


def test_the_page_offers_an_export_first(as_alice):
    page = as_alice.get("/account/delete").text
    assert page.index("/microblog/export_posts") < page.index("Delete my account")


def test_who_leaves_is_gone_and_logged_out_everywhere(as_alice, new_browser, alice, followed, db):
    elsewhere = new_browser()
    elsewhere.log_in(alice)
    answer = as_alice.send("/account/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/auth/login")
    assert as_alice.flashes("/auth/login") == ["Your account is gone, and all that was in it. Farewell!"]
    assert elsewhere.get("/").status_code == as_alice.get("/").status_code == 302
    assert as_alice.send("/auth/login", username="alice", password="correct horse").status_code == 422
    assert db.execute(select(User.username, User.follower_count)).all() == [("bob", 0)]
    assert db.scalar(select(func.count()).select_from(Post)) == 0


def test_whose_password_was_shown_long_ago_stays(as_alice, followed, db):
    db.execute(update(Session).values(confirmed_at=func.now() - sessions.CONFIRMED_FOR))
    db.commit()
    answer = as_alice.press("/account/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/account/confirm?next=/microblog/account/delete")
    assert db.scalar(select(func.count()).select_from(User)) == 2
