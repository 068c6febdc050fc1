"""What has happened to one's account, for one's own eyes."""

import re

import pytest

from microblog.core import audit
from microblog.faces.web.activities import SAID
from microblog.framework.database import SOURCE

PAGE = "/account/activity"


def test_every_event_has_its_words():
    assert SAID.keys() == audit.EVENTS - {"erased"}  # which nobody is there to read


def test_one_sees_who_came_in_and_from_where(browser, alice, db):
    browser.send("/auth/login", username="alice", password="wrong")
    browser.log_in(alice)
    db.info[SOURCE] = lambda: {"face": "miniter", "address": "192.0.2.9", "user_agent": "Mozilla/5.0 (X11; Linux) Firefox/130.0"}
    audit.note(db, "logged_in", alice.id)
    db.commit()
    page = browser.get(PAGE).text
    assert "<title>Activity - Microblog</title>" in page
    names = [re.sub(r"<[^>]*>", "", name).strip() for name in re.findall(r'<p class="session-name">(.*?)</p>', page)]
    assert names == ["Login", "Login", "A login that failed"]
    for where in ("192.0.2.9", "Firefox on Linux", "By Miniter"):
        assert page.count(where) == 1
    assert '<a href="/microblog/account/activity" aria-current="page">Activity</a>' in page


def test_nobody_sees_what_happened_to_others(as_alice, bob, db):
    db.info[SOURCE] = lambda: {"address": "192.0.2.99"}
    audit.note(db, "login_failed", bob.id)
    db.commit()
    assert "192.0.2.99" not in as_alice.get(PAGE).text


def test_strangers_see_nothing(browser):
    assert browser.get(PAGE).status_code == 302


@pytest.mark.parametrize("entries", [1, 60])
def test_it_costs_two_queries_however_much_there_is(as_alice, alice, db, counted, entries):
    for _ in range(entries):
        audit.note(db, "logged_in", alice.id)
    db.commit()
    as_alice.get(PAGE)
    with counted() as statements:
        page = as_alice.get(PAGE).text
    assert len(statements) == 2
    assert ('rel="next"' in page) == (entries > 25)
