"""Gaps: each reader finds their own in what is drawn once for all, and none is left open."""

import re

import pytest
from sqlalchemy import update

from microblog.faces.web import gaps
from microblog.models import User

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@pytest.fixture
def as_bob(new_browser, bob):
    browser = new_browser()
    browser.log_in(bob)
    return browser


def test_each_occurrence_is_filled_anew():
    numbers = iter("123")
    page = f"{gaps.gap('n')}, {gaps.gap('word')}, {gaps.gap('n')}\x1a7\x1a"
    assert gaps.complete(page, {"n": lambda: next(numbers), "word": lambda: "é"}) == "1, é, 2\x1a7\x1a".encode()


def test_what_fills_a_gap_may_be_bytes_and_is_not_searched_for_gaps():
    fillings = {"cards1": lambda: "\x1aword\x1a한".encode(), "word": lambda: "x"}
    assert gaps.complete(f"<{gaps.gap('cards1')}>", fillings) == "<\x1aword\x1a한>".encode()


@pytest.mark.parametrize(
    "path", ["/", "/explore", "/user/bob", "/search?q=x", "/messages", "/notifications", "/nope", "/account/email"]
)
def test_no_gap_is_left_open(as_alice, browser, path):
    assert "\x1a" not in as_alice.get(path).text
    assert "\x1a" not in browser.get(path, follow_redirects=True).text


def test_what_has_only_the_shape_of_a_gap_harms_nobody(as_alice):
    assert gaps.complete("\x1aunheard_of\x1a", {}) == b"\x1aunheard_of\x1a"
    assert as_alice.get("/%1Aunheard_of%1A").status_code == 400


def test_readers_of_the_same_page_find_their_own_in_the_bar(as_alice, as_bob, db, alice, bob):
    for person, messages, lines in ((alice, 0, 3), (bob, 5, 0)):
        unread = {"unread_message_count": messages, "unread_notification_count": lines}
        db.execute(update(User).where(User.id == person.id).values(unread))
    db.commit()
    for reader, name, messages, lines in ((as_alice, "alice", 0, 3), (as_bob, "bob", 5, 0), (as_alice, "alice", 0, 3)):
        page = reader.get("/explore").text
        assert f'class="tab" href="/microblog/user/{name}"' in page
        assert f'class="count{"" if messages else " none"}" id="message_count">{messages}<' in page
        assert f'class="count{"" if lines else " none"}" id="notification_count">{lines}<' in page


def test_forms_of_a_page_share_a_token_and_no_two_pages_do(as_alice, as_bob):
    pages = [reader.get("/").text for reader in (as_alice, as_alice, as_bob)]
    tokens = [set(TOKEN.findall(page)) for page in pages]
    assert [len(found) for found in tokens] == [1, 1, 1]
    assert len(set.union(*tokens)) == 3
    assert len({NONCE.search(page)[1] for page in pages}) == 3


def test_what_is_looked_for_stands_in_the_box_and_harms_nobody(as_alice):
    assert 'name="q" value="&#34;&gt;&lt;b&gt;"' in as_alice.get("/search?q=%22%3E%3Cb%3E").text


@pytest.mark.parametrize(
    ("path", "tab"), [("/", "/microblog/"), ("/explore?page=2", "/microblog/explore"), ("/user/alice", "/microblog/user/alice")]
)
def test_the_tab_of_the_page_one_is_on_says_so(as_alice, path, tab):
    assert re.findall(r'href="([^"]+)" aria-current="page"', as_alice.get(path).text) == [tab]


def test_on_the_page_of_another_no_tab_says_so(as_alice):
    assert 'aria-current="page"' not in as_alice.get("/user/bob").text
