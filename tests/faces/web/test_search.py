"""The search box and the page of results."""

import re

import pytest
from sqlalchemy import update

from microblog.core import posts, search
from microblog.models import User


@pytest.fixture
def say(db, bob):
    def said(*bodies: str) -> None:
        for body in bodies:
            posts.publish(db, bob.id, body, longest=300)
        db.commit()

    return said


def bodies(page: str) -> list[str]:
    return re.findall(r'<div class="post-body"[^>]*>(.*?)</div>', page, re.DOTALL)


@pytest.mark.row("MT-16.1")
def test_every_page_has_a_search_box_for_those_who_are_logged_in(as_alice, new_browser):
    for path in ("/", "/explore", "/user/alice", "/search?q=x"):
        form = re.search(r'<form class="search"[^>]*>.*?</form>', as_alice.get(path).text, re.DOTALL)
        assert form, path
        assert re.search(r'method="get" action="/microblog/search"', form[0])
        assert 'name="q"' in form[0]
        assert 'placeholder="Search"' in form[0]
        assert "csrf_token" not in form[0]
        assert "submit" not in form[0]
    assert 'class="search"' not in new_browser().get("/auth/login").text


@pytest.mark.row("MT-16.2", "MT-16.5")
def test_what_everybody_says_is_found_the_best_first(as_alice, say):
    say("this test is good", "a test", "this one", "nothing else")
    page = as_alice.get("/search?q=this+test").text
    assert "<title>Search - Microblog</title>" in page
    assert re.search(r"<h1[^>]*>Search Results</h1>", page)
    assert bodies(page) == [
        "<mark>this</mark> <mark>test</mark> is good",
        "<mark>this</mark> one",
        "a <mark>test</mark>",
    ]
    assert 'value="this test"' in page


@pytest.mark.row("MT-16.3")
@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?page=2", "?q=%0A"])
def test_a_blank_search_leads_to_explore(as_alice, query):
    answer = as_alice.get(f"/search{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/microblog/explore")


@pytest.mark.row("MT-16.11")
def test_strangers_log_in_first_and_come_back(browser, alice):
    answer = browser.get("/search?q=ferry")
    assert answer.status_code in (302, 303)
    assert "/auth/login" in answer.headers["Location"]
    assert "ferry" not in answer.text.replace("q=ferry", "").replace("q%3Dferry", "")


@pytest.mark.row("MT-16.6", "MT-D21")
def test_results_come_in_pages_whose_links_keep_what_was_asked(as_alice, say, having):
    having(posts_per_page=2)
    say(*(f'<b>"{number}" & 날씨</b>' for number in range(5)))
    first = as_alice.get("/search?q=날씨+%26").text
    link = re.search(r'rel="next" href="([^"]+)"[^>]*>\s*Next results', first)
    assert link
    assert link[1] == "/microblog/search?q=%EB%82%A0%EC%94%A8+%26&amp;page=2"
    assert re.search(r'class="step disabled"[^>]*>.*?Previous results', first, re.DOTALL)
    last = as_alice.get("/search?q=날씨+%26&page=3").text
    assert len(bodies(last)) == 1
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    for page in ("0", "-1", "abc", "", "1"):
        assert bodies(as_alice.get(f"/search?q=날씨&page={page}").text) == bodies(first)
    for page in ("4", "999", "9" * 30):
        assert as_alice.get(f"/search?q=날씨&page={page}").status_code == 200
    assert bodies(as_alice.get("/search?q=날씨&page=999").text) == bodies(last)


def test_one_page_of_results_has_no_pager(as_alice, say):
    say("just this")
    assert "Next results" not in as_alice.get("/search?q=just").text


@pytest.mark.parametrize(
    ("typed", "said", "shown"),
    [
        ("울에", "오늘 서울에서", "오늘 서<mark>울에</mark>서"),
        ("cancion", "una Canción y <b>", "una <mark>Canción</mark> y &lt;b&gt;"),
        ("script", "<script>alert(1)</script>", "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"),
        ('"two words"', "two\nwords, words", "<mark>two<br>\nwords</mark>, words"),
        ("amp", "a & amp", "a &amp; <mark>amp</mark>"),
        ("strasse", "ẞ Straße", "ẞ <mark>Straße</mark>"),
        ("-that ferries", "the ferry", "the <mark>ferry</mark>"),
    ],
)
def test_hits_are_marked_and_everything_else_stays_safe(as_alice, say, typed, said, shown):
    say(said)
    assert bodies(as_alice.get("/search", query_string={"q": typed}).text) == [shown]


def test_hits_are_marked_inside_links_and_mentions(as_alice, say):
    say("see https://example.org/ferry @alice")
    (body,) = bodies(as_alice.get("/search?q=ferry+alice").text)
    assert 'href="https://example.org/ferry" rel="nofollow noopener ugc">example.org/<mark>ferry</mark></a>' in body
    assert 'class="mention">@<mark>alice</mark></a>' in body


def test_a_card_is_not_marked_elsewhere(as_alice, say):
    say("a ferry")
    as_alice.get("/search?q=ferry")
    assert "<mark>" not in as_alice.get("/explore").text


def test_people_stand_above_what_they_say(as_alice, db, bob, say):
    db.execute(update(User).where(User.id == bob.id).values(display_name="Bób <i>"))
    search.index_user(db, bob.id)
    say("bob is here")
    page = as_alice.get("/search?q=bo").text
    assert "<mark>Bó</mark>b &lt;i&gt;" in page
    assert "@<mark>bo</mark>b" in page
    assert bodies(page) == []
    page = as_alice.get("/search?q=bob").text
    assert page.index('href="/microblog/user/bob"') < page.index("is here")


@pytest.mark.parametrize(
    "query", ["q=%27%22%5C%26%7C%21%28%29%3A*", "q=%3C-%3E+a", "q=-", "q=%22", "q=from%3A", "q=" + "%F0%9F%98%80" * 90, "q=%25s"]
)
def test_junk_finds_something_or_nothing(as_alice, query):
    answer = as_alice.get(f"/search?{query}")
    assert answer.status_code == 200
    assert "Nothing found." in answer.text


def test_bytes_that_are_no_text_are_refused(as_alice):
    assert as_alice.get("/search?q=%FF").status_code == 400
    assert as_alice.get("/search?q=a%00b").status_code == 400


@pytest.mark.row("MT-16.9")
def test_with_search_switched_off_nothing_is_found_and_all_else_works(as_alice, say, having):
    having(search="off")
    say("there all the same")
    page = as_alice.get("/search?q=there")
    assert page.status_code == 200
    assert "Nothing found." in page.text
    assert "there all the same" in as_alice.get("/explore").text


def test_a_page_of_results_costs_the_same_queries_whatever_is_found(as_alice, say, counted):
    with counted() as none:
        as_alice.get("/search?q=ferry")
    say("ferry")
    with counted() as one:
        as_alice.get("/search?q=ferry")
    say(*(f"ferry {number}" for number in range(30)))
    with counted() as many:
        as_alice.get("/search?q=ferry")
    assert (len(none), len(one), len(many)) == (3, 3, 3), "who asks, the posts, the people"
