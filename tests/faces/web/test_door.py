"""Who comes in: sessions, forms from our own pages, allowances."""

import pytest
from sqlalchemy import func, select

from microblog.models import Post


def published(db):
    return db.scalar(select(func.count()).select_from(Post))


@pytest.mark.row("MT-03.3")
@pytest.mark.parametrize("token", [None, "", "x", "0123456789abcdef.0123", "é.ü"])
def test_a_form_without_its_token_changes_nothing_and_comes_again(as_alice, db, token):
    fields = {"post": "typed with care"} | ({} if token is None else {"csrf_token": token})
    answer = as_alice.post("/", data=fields)
    assert answer.status_code == 400
    assert "typed with care" in answer.text
    assert "nothing was changed" in answer.text
    assert published(db) == 0


def test_a_token_of_another_session_is_worth_nothing(as_alice, new_browser, bob, db):
    other = new_browser()
    other.log_in(bob)
    assert as_alice.post("/", data={"csrf_token": other.token("/"), "post": "forged"}).status_code == 400
    stranger = new_browser()
    assert as_alice.post("/", data={"csrf_token": stranger.token(), "post": "forged"}).status_code == 400
    assert published(db) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.test"}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://localhost"}, 400),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 303),
    ],
)
def test_a_form_from_elsewhere_changes_nothing_even_with_a_good_token(as_alice, db, headers, status):
    answer = as_alice.post("/", data={"csrf_token": as_alice.token("/"), "post": "hello"}, headers=headers)
    assert answer.status_code == status
    assert published(db) == (status == 303)


def test_a_button_without_its_token_is_refused_on_a_page_of_its_own(as_alice, bob):
    answer = as_alice.post("/follow/bob")
    assert answer.status_code == 400
    assert "nothing was changed" in answer.text


def test_a_refused_password_is_not_shown_again(browser):
    answer = browser.post("/auth/register", data={"username": "susan", "password": "my secret words"})
    assert answer.status_code == 400
    assert "susan" in answer.text
    assert "my secret words" not in answer.text


def test_whoever_comes_too_often_waits(browser, alice, having):
    having(rate_limits=True)
    statuses = [browser.send("/auth/login", username="alice", password="wrong").status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    answer = browser.send("/auth/login", username="alice", password="correct horse")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "Slow down a little" in answer.text
