"""One's password once more, before what a stranger at an open screen must not do."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import sessions
from microblog.faces.web.door import LIMITS
from microblog.models import AuditEntry, Session

PAGE = "/account/confirm"
SENSITIVE = ("/account/email", "/account/tokens", "/account/delete")


@pytest.fixture
def long_ago(as_alice, db):
    """Alice's browser, some time after she has logged in."""
    db.execute(update(Session).values(confirmed_at=func.now() - sessions.CONFIRMED_FOR))
    db.commit()
    return as_alice


def events(db) -> list[str]:
    return list(db.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


@pytest.mark.parametrize("path", SENSITIVE)
def test_whoever_has_just_logged_in_is_not_asked(as_alice, path):
    assert as_alice.get(path).status_code == 200


@pytest.mark.parametrize("path", SENSITIVE)
def test_later_the_password_is_asked_for_and_one_comes_back(long_ago, path, db):
    answer = long_ago.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/microblog{PAGE}?next=/microblog{path}")
    asked = f"{PAGE}?next=/microblog{path}"
    page = long_ago.get(asked).text
    assert 'type="password"' in page
    answer = long_ago.post(asked, data={"csrf_token": long_ago.token(asked), "password": "correct horse"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/microblog{path}")
    assert long_ago.get(path).status_code == 200
    assert events(db)[-1] == "confirmed"


def test_a_wrong_password_is_refused_written_down_and_opens_nothing(long_ago, db):
    for password, message in (("wrong", "This is not your password."), ("", "This field is required.")):
        answer = long_ago.send(PAGE, password=password)
        assert answer.status_code == 422
        assert message in answer.text
    assert 'value="wrong"' not in answer.text
    assert long_ago.get("/account/delete").status_code == 302
    assert events(db)[-2:] == ["confirmation_failed"] * 2


def test_nobody_tries_passwords_here_without_end(long_ago, having):
    having(rate_limits=True)
    fields = {"csrf_token": long_ago.token(PAGE), "password": "a guess"}
    statuses = [long_ago.post(PAGE, data=fields).status_code for _ in range(LIMITS["password"].times + 1)]
    assert statuses == [422] * LIMITS["password"].times + [429]


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/elsewhere", "/microblog/../x", ""])
def test_one_comes_back_to_pages_of_ours_only(long_ago, elsewhere):
    answer = long_ago.post(
        PAGE, query_string={"next": elsewhere}, data={"csrf_token": long_ago.token(PAGE), "password": "correct horse"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/edit_profile")


def test_another_browser_of_the_same_person_is_asked_all_the_same(long_ago, new_browser, alice):
    other = new_browser()
    other.log_in(alice)
    assert other.get("/account/delete").status_code == 200
    assert long_ago.get("/account/delete").status_code == 302


def test_a_program_hears_it_in_json(long_ago):
    answer = long_ago.get("/account/email", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (403, {"error": "FORBIDDEN"})


def test_strangers_log_in_first(browser):
    assert "/auth/login" in browser.get("/account/delete").headers["Location"]
