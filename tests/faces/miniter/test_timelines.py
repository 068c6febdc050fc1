"""What a person and those they follow have said."""

import re

import pytest
from sqlalchemy import insert, update

from microblog.core import follows as core_follows
from microblog.faces.miniter import timelines
from microblog.models import Post, User


@pytest.fixture
def town(db, alice, bob, charlie):
    """Alice follows Bob and Charlie; each has said two things."""
    for round_ in ("first", "second"):
        for person in (alice, bob, charlie):
            db.execute(insert(Post).values(author_id=person.id, body=f"{round_} of {person.username}"))
    for name in ("bob", "charlie"):
        core_follows.follow(db, alice.id, name)
    db.commit()


NEWEST_FIRST = ["second of charlie", "second of bob", "second of alice", "first of charlie", "first of bob", "first of alice"]


@pytest.mark.row("MN-14", "MN-D5", "MN-D6", "MN-D7")
def test_a_timeline_has_what_one_and_those_one_follows_said_newest_first_and_each_once(stranger, town, alice, bob, charlie):
    answer = stranger.get(f"/timeline/{alice.id}")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json.keys() == {"user_id", "timeline"}
    assert answer.json["user_id"] == alice.id
    ids = {person.username: person.id for person in (alice, bob, charlie)}
    assert answer.json["timeline"] == [
        {"user_id": ids[body.rpartition(" ")[2]], "tweet": body, "timeline": body} for body in NEWEST_FIRST
    ]
    assert stranger.tweets(f"/timeline/{bob.id}") == ["second of bob", "first of bob"]


@pytest.mark.row("MN-14")
def test_with_a_token_it_is_ones_own_and_anybodys_is_the_same_for_everybody(as_alice, stranger, town, alice, bob):
    assert as_alice.get("/timeline").json == stranger.get(f"/timeline/{alice.id}").json
    assert as_alice.get(f"/timeline/{bob.id}").json == stranger.get(f"/timeline/{bob.id}").json


@pytest.mark.row("MN-16")
def test_an_empty_timeline_is_an_empty_array(stranger, alice):
    assert stranger.get(f"/timeline/{alice.id}").data == b'{"user_id":%d,"timeline":[]}' % alice.id


@pytest.mark.row("MN-D4")
def test_reading_changes_nothing(stranger, town, alice, follows, counted):
    before = follows()
    with counted() as statements:
        for _ in range(2):
            stranger.get(f"/timeline/{alice.id}")
    assert follows() == before
    assert (alice.id, alice.id) not in before
    assert all(statement.lstrip().startswith(("SELECT", "WITH")) for statement in statements)


def test_it_costs_the_same_whatever_stands_in_it(stranger, as_alice, town, alice, charlie, db, counted):
    def cost(program, path):
        with counted() as statements:
            assert program.get(path).status_code == 200
        return len(statements)

    paths = ((stranger, f"/timeline/{charlie.id}"), (stranger, f"/timeline/{alice.id}"), (as_alice, "/timeline"))
    as_alice.get("/timeline")  # her visit is noted, once a minute
    assert [cost(*path) for path in paths] == [2, 2, 2]
    db.execute(insert(Post), [{"author_id": charlie.id, "body": f"more {number}"} for number in range(300)])
    db.commit()
    assert [cost(*path) for path in paths] == [2, 2, 2]


@pytest.mark.row("MN-15")
@pytest.mark.parametrize("segment", ["abc", "1.0", "-1", "٣", "1e3", "0x1", "%20", "1/", "1/2"])
def test_what_is_no_number_is_no_address(stranger, alice, segment):
    answer = stranger.get(f"/timeline/{segment}")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json.keys() == {"error"}


def test_who_is_suspended_is_silent_in_the_timelines_of_others(stranger, town, alice, charlie, db):
    db.execute(update(User).where(User.id == charlie.id).values(suspended_at=User.created_at))
    db.commit()
    assert stranger.tweets(f"/timeline/{alice.id}") == [body for body in NEWEST_FIRST if "charlie" not in body]


# Pages


def links(answer) -> dict[str, str]:
    """Where the header Link leads to, by relation."""
    return {relation: path for path, relation in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))}


def walk(program, path: str, relation: str) -> list[list[str]]:
    """The pages from a path on."""
    pages = []
    while path:
        answer = program.get(path)
        assert answer.json.keys() == {"user_id", "timeline"}
        pages.append([item["tweet"] for item in answer.json["timeline"]])
        assert len(pages) < 10
        path = links(answer).get(relation, "").removeprefix("/microblog/miniter")
    return pages


@pytest.mark.row("MN-D6")
@pytest.mark.parametrize("own", [True, False], ids=["ones-own", "anybodys"])
def test_links_lead_through_all_pages_and_back(as_alice, town, alice, monkeypatch, own):
    monkeypatch.setattr(timelines, "PER_PAGE", 2)
    path = "/timeline" if own else f"/timeline/{alice.id}"
    pages = walk(as_alice, path, "next")
    assert pages == [NEWEST_FIRST[:2], NEWEST_FIRST[2:4], NEWEST_FIRST[4:]]
    last = links(as_alice.get(links(as_alice.get(path))["next"].removeprefix("/microblog/miniter")))["next"]
    assert last.startswith(f"/microblog/miniter{path}?before=")
    assert walk(as_alice, last.removeprefix("/microblog/miniter"), "prev") == pages[::-1]
    assert "prev" not in links(as_alice.get(path))


@pytest.mark.row("MN-D6")
def test_what_is_said_meanwhile_moves_nothing(as_alice, town, monkeypatch):
    monkeypatch.setattr(timelines, "PER_PAGE", 3)
    older = links(as_alice.get("/timeline"))["next"].removeprefix("/microblog/miniter")
    as_alice.send("/tweet", tweet="just now")
    assert as_alice.tweets(older) == NEWEST_FIRST[3:]


@pytest.mark.row("MN-D6")
def test_pages_have_numbers_too_and_nonsense_is_the_first(as_alice, town, monkeypatch):
    monkeypatch.setattr(timelines, "PER_PAGE", 4)
    assert as_alice.tweets("/timeline?page=2") == NEWEST_FIRST[4:]
    for query in ("page=0", "page=-1", "page=abc", "before=x", "after=", "page=" + "9" * 30):
        assert as_alice.tweets(f"/timeline?{query}") == NEWEST_FIRST[:4]
    assert as_alice.tweets("/timeline?page=999") == []


def test_a_page_has_a_hundred_and_a_short_list_has_no_links(as_alice, alice, db):
    assert "Link" not in as_alice.get("/timeline").headers
    db.execute(insert(Post), [{"author_id": alice.id, "body": str(number)} for number in range(101)])
    db.commit()
    answer = as_alice.get("/timeline")
    assert len(answer.json["timeline"]) == 100
    assert links(answer).keys() == {"next"}
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]
