"""The home page."""

import re

import pytest

from microblog.core import follows, posts


@pytest.mark.row("MT-01.1", "MT-09.3", "MT-02.2")
def test_home_stands_at_two_addresses(as_alice):
    def without_secrets(page):
        return re.sub(r' (value|aria-current)="[^"]*"', "", page)

    assert without_secrets(as_alice.get("/").text) == without_secrets(as_alice.get("/index").text.replace("/index", "/"))
    assert "<title>Home - Microblog</title>" in as_alice.get("/index").text


def test_home_has_what_those_said_whom_one_follows(as_alice, alice, bob, charlie, db):
    follows.follow(db, alice.id, "bob")
    for person in (bob, charlie, alice):
        posts.publish(db, person.id, f"{person.username} speaks", longest=300)
    db.commit()
    page = as_alice.get("/").text
    assert page.index("alice speaks") < page.index("bob speaks")
    assert "charlie speaks" not in page


@pytest.mark.row("MT-09.7", "MT-09.9", "MT-11.6")
def test_pages_lead_to_one_another(as_alice, alice, having, db):
    having(posts_per_page=2)
    for number in range(5):
        posts.publish(db, alice.id, f"number {number}", longest=300)
    db.commit()

    def links(page):
        return {rel: link for link, rel in re.findall(r'href="(/microblog/\?[^"]+)"[^>]*rel="(\w+)"', page)} | {
            rel: link for rel, link in re.findall(r'rel="(\w+)"[^>]*href="(/microblog/\?[^"]+)"', page)
        }

    first = as_alice.get("/").text
    assert set(links(first)) == {"next"}
    assert re.search(r'class="[^"]*disabled[^"]*"[^>]*>(?:\s*<[^>]+>)*\s*Newer posts', first)
    second = as_alice.get(links(first)["next"]).text
    assert set(links(second)) == {"next", "prev"}
    third = as_alice.get(links(second)["next"]).text
    assert "number 0" in third
    assert set(links(third)) == {"prev"}
    back = as_alice.get(links(third)["prev"]).text
    assert "number 2" in back
    assert "number 1" in back


@pytest.mark.row("MT-09.8", "MT-D21")
@pytest.mark.parametrize("query", ["page=abc", "page=0", "page=-1", "page=999", "page=99999999999999999999", "before=x", "before=-1",
                                   "after=9223372036854775808", "before=1&after=2", "page=٣", "page[]=1", "a&b=&=c"])  # fmt: skip
def test_a_strange_page_number_is_no_error(as_alice, query):
    assert as_alice.get(f"/?{query}").status_code == 200


@pytest.mark.parametrize(("reading", "most"), [("/", 2), ("/explore", 2), ("/user/bob", 3)])
def test_a_page_costs_the_same_queries_however_much_there_is(as_alice, alice, bob, new_person, db, counted, reading, most):
    def fill(people, each):
        for number in range(people):
            person = new_person(f"p{number}x{each}")
            follows.follow(db, alice.id, person.username)
            for _ in range(each):
                posts.publish(db, person.id, f"@bob hello https://example.org/{number}", longest=300)
        posts.publish(db, bob.id, "one more", longest=300)
        db.commit()

    fill(1, 1)
    with counted() as few:
        assert as_alice.get(reading).status_code == 200
    fill(12, 3)
    with counted() as many:
        assert as_alice.get(reading).status_code == 200
    assert len(few) == len(many) == most
