"""The ballot behind the real nginx and four processes with two threads each: every vote is counted, and only once."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from microblog import migrations
from microblog.core import passwords

from ..together import together
from .conftest import Install
from .installation import Installation
from .visitor import Answer

PASSWORD = "correct horse"
VOTERS, CANDIDATES = 64, 10


@pytest.fixture(scope="module")
def site(new_site: Install) -> Installation:
    site = new_site(PROCESSES="4", THREADS="2")
    site.wait_for_workers()
    return site


def send(site: Installation, path: str, members: dict[str, Any], number: int = 1) -> Answer:
    body, kind = json.dumps(members).encode(), {"Content-Type": "application/json"}
    return site.visitor(number).request("POST", f"{site.mount}/ballot{path}", body, kind)


def vote(site: Installation, token: str, candidate: int, number: int = 1) -> int:
    header = {"Authorization": token}
    return site.visitor(number).request("POST", f"{site.mount}/ballot/vote?id={candidate}", headers=header).status


def enrol(site: Installation, names: list[str]) -> None:
    """Accounts with one password, whose hash is made only once."""
    known = passwords.hashed(PASSWORD)
    person = "INSERT INTO users (username) VALUES (:name) RETURNING id"
    with site.database.writing() as db:
        for name in names:
            row = {"id": db.scalar(text(person), {"name": name}), "email": f"{name}@example.org", "hash": known}
            db.execute(text("INSERT INTO credentials (user_id, email, password_hash) VALUES (:id, :email, :hash)"), row)
        db.commit()


def logged_in(site: Installation, names: list[str]) -> list[str]:
    """Their tokens, for which all of them ask at the same moment."""

    def log_in(number: int, name: str) -> Callable[[], str]:
        def ask() -> str:
            answer = send(site, "/auth/login", {"email": f"{name}@example.org", "password": PASSWORD}, 10 + number)
            assert answer.status == 200, answer.text
            return answer.text

        return ask

    return together([log_in(number, name) for number, name in enumerate(names)])


def counts(site: Installation) -> list[int]:
    """What the ballot says of each candidate; every process says the same."""
    said = {site.visitor().get(f"{site.mount}/ballot/candidates").text for _ in range(16)}
    assert len(said) == 1, said
    return [candidate["voteCount"] for candidate in json.loads(said.pop())]


def counted_again(site: Installation) -> list[int]:
    """The same, counted from the votes themselves."""
    of_the_ballot = "SELECT unnest(choices), count(*) FROM votes JOIN polls ON id = poll_id AND is_standing GROUP BY 1"
    given = dict(site.rows(of_the_ballot))
    return [given.get(number, 0) for number in range(1, CANDIDATES + 1)]


@pytest.mark.row("VT-05", "VT-D6", "VT-D14")
def test_64_voters_at_once_are_counted_exactly(site: Installation):
    before = counts(site)
    names = [f"voter{number}" for number in range(VOTERS)]
    enrol(site, names)
    tokens = logged_in(site, names)
    chosen = [1 + number * number % CANDIDATES for number in range(VOTERS)]
    deeds = [lambda n=n: vote(site, tokens[n], chosen[n], 10 + n) for n in range(VOTERS)]
    assert Counter(together(deeds)) == {200: VOTERS}
    given = Counter(chosen)
    assert counts(site) == [before[number - 1] + given[number] for number in range(1, CANDIDATES + 1)]
    assert counted_again(site) == counts(site)
    assert site.one("SELECT voter_count FROM polls WHERE is_standing") == sum(counts(site))


@pytest.mark.row("VT-D4", "VT-D6")
def test_one_voter_32_times_at_once_votes_once(site: Installation):
    before = counts(site)
    enrol(site, ["eager"])
    (token,) = logged_in(site, ["eager"])
    deeds = [lambda n=n: vote(site, f"Bearer {token}", 1 + n % CANDIDATES, 10 + n) for n in range(32)]
    assert Counter(together(deeds)) == {200: 1, 409: 31}
    assert sum(counts(site)) == sum(before) + 1
    assert counted_again(site) == counts(site)


@pytest.mark.row("VT-01", "VT-D10")
def test_16_who_sign_up_with_one_address_at_once_get_one_account(site: Installation):
    def sign_up(number: int) -> Callable[[], tuple[int, str]]:
        email = "Same@Example.org" if number % 2 else "same@example.org"

        def send_it() -> tuple[int, str]:
            answer = send(site, "/auth/signup", {"email": email, "name": "같은 사람", "password": "x"}, 10 + number)
            return answer.status, answer.text

        return send_it

    welcome, taken = (201, "성공적으로 생성되었습니다"), (403, "해당 유저에 대한 이메일이 이미 존재합니다")
    assert Counter(together([sign_up(number) for number in range(16)])) == {welcome: 1, taken: 15}
    assert site.one("SELECT count(*) FROM credentials WHERE lower(email) = 'same@example.org'") == 1
    assert site.one("SELECT count(*) FROM users WHERE display_name = '같은 사람'") == 1


@pytest.mark.row("VT-06", "VT-10")
def test_pages_of_other_origins_can_read_what_comes_through_nginx(site: Installation):
    page = {"Origin": "http://front.example"}
    asked = page | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    answer = site.visitor().request("OPTIONS", f"{site.mount}/ballot/auth/login", headers=asked)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    refused = site.visitor().request("POST", f"{site.mount}/ballot/vote?id=1", headers=page)
    assert (refused.status, refused.text) == (401, "유효하지 않은 토큰입니다")
    assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == refused.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.row("VT-D7", "VT-08")
def test_votes_and_candidates_outlive_a_restart_and_another_migration(site: Installation):
    enrol(site, ["faithful"])
    (token,) = logged_in(site, ["faithful"])
    assert vote(site, token, 7) == 200
    before = site.visitor().get(f"{site.mount}/ballot/candidates").text
    assert site.stop_uwsgi() == 0
    migrations.run(site.environment["DATABASE_URL"], "upgrade", "head")
    site.start_uwsgi()
    site.wait_until_ready()
    site.wait_for_workers()
    assert site.visitor().get(f"{site.mount}/ballot/candidates").text == before
    assert [candidate["id"] for candidate in json.loads(before)] == list(range(1, CANDIDATES + 1))
    assert vote(site, token, 7) == 409
