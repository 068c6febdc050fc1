"""Confirming a new e-mail address."""

import pytest
from sqlalchemy import select

from microblog.core import credentials, tokens
from microblog.models import Job


@pytest.fixture
def link(db, alice):
    tokens.issue(db, "abc", alice.id, "email", tokens.EMAIL_LIVES, email="ann@example.org")
    db.commit()
    return "/auth/email/abc"


def test_looking_changes_nothing_and_pressing_the_button_does(browser, link, alice, db):
    assert "ann@example.org" in browser.get(link).text
    assert credentials.addressee(db, alice.id).email == "alice@example.org"
    assert browser.send(link).status_code == 303
    assert credentials.addressee(db, alice.id).email == "ann@example.org"
    assert browser.get(link).status_code == 404


def test_an_address_that_went_to_somebody_else_meanwhile_is_refused(browser, link, alice, bob, db):
    credentials.set_email(db, bob.id, "ann@example.org")
    db.commit()
    browser.send(link)
    assert credentials.addressee(db, alice.id).email == "alice@example.org"
    assert "Please use a different email address." in browser.get("/auth/login").text


def test_a_new_address_is_asked_for_and_not_ones_own_before_it_is_confirmed(as_alice, alice, db):
    assert "alice@example.org" in as_alice.get("/account/email").text
    answer = as_alice.send("/account/email", email="ann@example.org")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/account/email")
    assert "a letter there asks you to confirm" in as_alice.flashes()[0]
    assert db.scalar(select(Job.arguments["email"].astext)) == "ann@example.org"
    assert credentials.addressee(db, alice.id).email == "alice@example.org"


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nonsense", "Please write an e-mail address, such as susan@example.org."),
        ("Bob@example.org", "Please use a different email address."),
    ],
)
def test_an_address_that_does_not_fit_is_refused(as_alice, bob, db, email, message):
    answer = as_alice.send("/account/email", email=email)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'value="{email}"' in answer.text
    assert db.scalar(select(Job.name)) is None
