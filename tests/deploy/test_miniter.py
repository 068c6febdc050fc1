"""Miniter behind the real nginx and four processes with two threads each: what was said stays said, and once is once."""

import json
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ..together import together
from .conftest import Install
from .installation import Installation
from .visitor import Answer

AT_ONCE = 16


@pytest.fixture(scope="module")
def site(new_site: Install) -> Installation:
    site = new_site(PROCESSES="4", THREADS="2")
    site.wait_for_workers()
    return site


def send(site: Installation, path: str, members: dict[str, Any], token: str = "", number: int = 1) -> Answer:
    headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
    return site.visitor(number).request("POST", f"{site.mount}/miniter{path}", json.dumps(members).encode(), headers)


def sign_up(site: Installation, name: str, *, email: str = "", number: int = 1) -> Answer:
    members = {"name": name, "email": email or f"{name}@example.org", "profile": "", "password": "pw"}
    return send(site, "/sign-up", members, number=number)


def log_in(site: Installation, name: str) -> str:
    answer = send(site, "/login", {"email": f"{name}@example.org", "password": "pw"})
    assert answer.status == 200, answer.text
    return json.loads(answer.body)["access_token"]


def timeline(site: Installation, user_id: int) -> list[str]:
    """What somebody's timeline says; every process says the same."""
    path = f"{site.mount}/miniter/timeline/{user_id}"
    said = {site.visitor().get(path).text for _ in range(16)}
    assert len(said) == 1, said
    return [item["tweet"] for item in json.loads(said.pop())["timeline"]]


def at_once(deed: Callable[[int], Answer]) -> list[Answer]:
    """The answers to what as many do in the same moment, each from an address of their own."""
    return together([lambda number=number: deed(number) for number in range(10, 10 + AT_ONCE)])


@pytest.mark.row("MN-D8", "MN-D15", "MN-D10", "XC-03")
def test_16_who_sign_up_with_one_address_at_once_get_one_account_and_15_polite_refusals(site: Installation):
    before = site.one("SELECT count(*) FROM users")
    answers = at_once(lambda number: sign_up(site, "Same", email="sAmE@x.kr" if number % 2 else "same@x.kr", number=number))
    assert Counter(answer.status for answer in answers) == {200: 1, 409: AT_ONCE - 1}
    refused = {answer.text for answer in answers if answer.status == 409}
    assert refused == {'{"error":"email: Please use a different email address."}'}
    assert site.one("SELECT count(*) FROM credentials WHERE lower(email) = 'same@x.kr'") == 1
    assert site.one("SELECT count(*) FROM users") == before + 1, "a refused account was left behind"


@pytest.mark.row("MN-D15", "XC-03")
def test_16_of_one_name_who_sign_up_at_once_get_16_accounts(site: Installation):
    answers = at_once(lambda number: sign_up(site, "Twin", email=f"twin{number}@x.kr", number=number))
    assert Counter(answer.status for answer in answers) == {200: AT_ONCE}
    assert len({json.loads(answer.body)["id"] for answer in answers}) == AT_ONCE
    assert site.one("SELECT count(*) FROM users WHERE display_name = 'Twin'") == AT_ONCE


@pytest.mark.row("MN-12", "MN-D15", "XC-03")
def test_one_who_follows_another_16_times_at_once_follows_once(site: Installation):
    ids = {name: json.loads(sign_up(site, name).body)["id"] for name in ("reader", "writer")}
    tokens = {name: log_in(site, name) for name in ids}
    for path, rows in (("/follow", 1), ("/unfollow", 0)):
        answers = at_once(lambda number, path=path: send(site, path, {"follow": ids["writer"]}, tokens["reader"], number))
        assert Counter(answer.status for answer in answers) == {200: AT_ONCE}
        assert site.one("SELECT count(*) FROM followers WHERE followed_id = :id", id=ids["writer"]) == rows
        assert site.one("SELECT follower_count FROM users WHERE id = :id", id=ids["writer"]) == rows


@pytest.mark.row("MN-08", "MN-D15")
def test_what_many_say_at_once_is_said_by_each_once_and_nothing_is_said_back(site: Installation):
    user_id = json.loads(sign_up(site, "speaker").body)["id"]
    token = log_in(site, "speaker")
    answers = at_once(lambda number: send(site, "/tweet", {"tweet": f"말 {number}"}, token, number))
    assert {(answer.status, answer.body, answer.headers["Content-Length"]) for answer in answers} == {(200, b"", "0")}
    assert sorted(timeline(site, user_id)) == sorted(f"말 {number}" for number in range(10, 10 + AT_ONCE))


@pytest.mark.row("MN-03", "MN-D15", "XC-03")
def test_a_restart_forgets_nobody_and_nothing_that_was_said(site: Installation):
    user_id = json.loads(sign_up(site, "keeper").body)["id"]
    token = log_in(site, "keeper")
    assert send(site, "/tweet", {"tweet": "before"}, token).status == 200
    before = site.workers()
    assert site.stop_uwsgi(signal.SIGTERM) == 0
    site.start_uwsgi()
    site.wait_until_ready()
    site.wait_for_workers(other_than=before)
    for known in (token, log_in(site, "keeper")):
        assert send(site, "/tweet", {"tweet": "after"}, known).status == 200
    assert timeline(site, user_id) == ["after", "after", "before"]
    assert json.loads(sign_up(site, "newcomer").body)["id"] > user_id
