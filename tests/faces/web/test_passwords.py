"""Changing a password one knows."""

import re

import pytest
from sqlalchemy import select

from microblog.models import AuditEntry

NEW = {"old_password": "correct horse", "password": "a new password", "password2": "a new password"}


@pytest.mark.row("MT-D39")
def test_a_new_password_counts_at_once_and_ends_all_sessions_but_this_one(as_alice, new_browser, alice):
    elsewhere = new_browser()
    elsewhere.log_in(alice)
    answer = as_alice.send("/account/password", **NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/edit_profile")
    assert as_alice.flashes() == ["Your password has been changed. You are logged out everywhere else."]
    assert elsewhere.get("/").status_code == 302
    assert elsewhere.send("/auth/login", username="alice", password="correct horse").status_code == 422
    assert elsewhere.send("/auth/login", username="alice", password="a new password").status_code == 303


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"old_password": "wrong"}, "This is not your password."),
        ({"old_password": ""}, "This field is required."),
        ({"password": "short", "password2": "short"}, "At least 8 characters, please."),
        ({"password2": "something else"}, "This must be the same as the password."),
    ],
)
def test_what_does_not_fit_is_said_and_no_password_stands_in_the_page(as_alice, new_browser, alice, change, message):
    answer = as_alice.send("/account/password", **(NEW | change))
    assert answer.status_code == 422
    assert message in answer.text
    assert not any(re.findall(r'type="password" value="([^"]*)"', answer.text))
    new_browser().log_in(alice)


@pytest.mark.parametrize(
    ("change", "noted"),
    [({"old_password": "wrong"}, True), ({"old_password": ""}, False), ({"password": "short", "password2": "short"}, False)],
)
def test_a_wrong_old_password_is_written_down_and_a_slip_is_not(as_alice, alice, db, change, noted):
    assert as_alice.send("/account/password", **(NEW | change)).status_code == 422
    last = db.scalar(select(AuditEntry.event).where(AuditEntry.user_id == alice.id).order_by(AuditEntry.id.desc()).limit(1))
    assert last == ("confirmation_failed" if noted else "logged_in")
