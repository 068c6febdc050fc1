"""Confirming a new e-mail address."""

import pytest

from microblog.core import credentials, tokens


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
