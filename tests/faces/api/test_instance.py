"""Whoever knows the first address finds everything else by links, all of them below the prefix."""

from dataclasses import replace

import pytest

from microblog import __version__
from microblog.app import Application

from .conftest import Program


def links_in(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "_links":
                yield from (link for link in inner.values() if link)
            else:
                yield from links_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from links_in(inner)


def test_it_says_what_it_is_and_what_fits(stranger, having):
    answer = stranger.get("/api").json
    assert (answer["name"], answer["version"], answer["url"]) == ("Microblog", __version__, "http://localhost/microblog/")
    assert answer["languages"] == ["en", "es", "ko"]
    assert answer["limits"] == {"post_length": 300, "poll_choices": 6, "poll_choice_length": 100, "per_page": 100}
    assert answer["registration_open"] is True
    having(registration_open=False, post_length=140)
    answer = stranger.get("/api").json
    assert (answer["registration_open"], answer["limits"]["post_length"]) == (False, 140)


@pytest.mark.row("XC-02", "MT-03.7")
def test_every_link_leads_to_something_below_the_prefix(program, new_program, alice, bob):
    other = new_program(bob)
    other.put(f"/api/users/{alice.id}/follow")
    program.put(f"/api/users/{bob.id}/follow")
    for number in range(3):
        other.post("/api/messages", json={"recipient_id": alice.id, "body": f"hello {number}"})
        other.post("/api/posts", json={"body": f"@alice {number}", "poll": {"choices": ["yes", "no"]}})
    program.post("/api/exports")
    seen, waiting = set(), ["/microblog/api"]
    while waiting:
        link = waiting.pop()
        seen.add(link)
        assert link.startswith(("/microblog/api", "/microblog/avatar/")), link
        answer = program.get(link, query_string=None if "?" in link or "search" not in link else {"q": "alice", "per_page": "2"})
        if link.endswith("/votes") or "/api/tokens/" in link:
            assert answer.status_code == 405  # what one sends to, not what one reads
            continue
        assert answer.status_code == 200, link
        if answer.mimetype == "application/json" and "openapi" not in link:
            waiting += [found for found in links_in(answer.json) if found not in seen and found not in waiting]
    for noun in (
        "users/",
        "posts/",
        "polls/",
        "messages/",
        "conversations/",
        "notifications/",
        "exports/",
        "search/",
        "followers",
    ):
        assert any(noun in link for link in seen), noun


@pytest.mark.row("XC-02")
@pytest.mark.parametrize("mount", ["", "/60162176"])
def test_links_follow_the_mount(settings, mount):
    app = Application(replace(settings, public_url=f"https://example.org{mount}"))
    answer = Program(app, use_cookies=False).get("/api", base_url=f"https://example.org{mount}").json
    assert answer["url"] == f"https://example.org{mount}/"
    assert answer["_links"]["self"] == f"{mount}/api"
    assert all(link.startswith(f"{mount}/api") for link in answer["_links"].values())
