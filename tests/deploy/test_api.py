"""The API behind the real nginx and uWSGI: as it is described, whoever asks, and done once whatever dies in between."""

import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ..conftest import program as needed
from .conftest import Install
from .installation import Installation
from .machine import Machine
from .programs import Program, program_of
from .visitor import Answer
from .wire import raw

ORIGIN = "https://elsewhere.example"
HELD = "SELECT 1 FROM users WHERE username = 'marta' FOR NO KEY UPDATE"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def site(new_site: Install) -> Installation:
    """An installation that may be filled and its processes killed; in the end nothing unforeseen may stand in its logs."""
    site = new_site()
    site.wait_for_workers()
    return site


@pytest.fixture(scope="module")
def busy_site(new_site: Install) -> Installation:
    """One for a machine that asks faster than nginx lets anybody ask, and that leaves nothing as it was."""
    site = new_site()
    conf = site.folder / "nginx.conf"
    walled = conf.read_text("utf-8")
    assert walled.count("rate=100r/s") == 1
    conf.write_text(walled.replace("rate=100r/s", "rate=100000r/s"), "utf-8")
    assert site.nginx
    site.nginx.send_signal(signal.SIGHUP)
    site.wait_until_ready()
    return site


@pytest.fixture
def marta(site: Installation) -> Program:
    return program_of(site, "marta")


# As it is described


def described(site: Installation) -> dict[str, dict[str, Any]]:
    """The operations by their names."""
    document = Program(site).told("GET", "/openapi.json")
    return {
        operation["operationId"]: operation | {"at": f"{verb.upper()} {path}"}
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
    }


class Reader:
    """Somebody who follows the page that describes the API, command by command, in a shell with curl."""

    def __init__(self, site: Installation) -> None:
        page = site.visitor().get(f"{site.mount}/api/docs").page
        self.commands = {each.attrs["id"]: each.query("pre") for each in page.query("article.operation")}
        self.environment = {"PATH": os.environ["PATH"], "NAME": "susan:three words of mine"}
        self.statuses: dict[str, int] = {}

    def run(self, name: str, item_id: Any = "") -> Any:
        """What the command says; its status is kept under its operation's name."""
        command = self.commands[name][0].to_text(strip=False).replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)
        environment = self.environment | {"ID": str(item_id)}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=30, check=True)
        said, _, status = done.stdout.rpartition("\n")
        self.statuses[name] = int(status)
        return json.loads(said) if said.startswith("{") else said


@pytest.mark.row("MT-23.1", "MT-23.5", "MT-23.8", "MT-23.10", "MT-23.11")
def test_every_command_of_the_page_that_describes_the_api_does_what_it_says(site: Installation):
    needed("curl")
    reader, nico = Reader(site), program_of(site, "elpanadero.nico")
    run = reader.run
    for name in ("instance.show", "languages.index", "openapi.show", "docs.show"):
        run(name)
    susan = run("users.create")["id"]
    reader.environment["TOKEN"] = run("access_tokens.create")["token"]
    nico.told("PUT", f"/users/{susan}/follow")
    for name in ("users.show", "users.update", "users.patch", "followers.index", "followed.index"):
        run(name, susan)
    for name in ("follows.update", "follows.show", "follows.delete"):
        run(name, 2)
    post = run("posts.create")["id"]
    for name in ("posts.show", "posts.update", "posts.patch", "posts.delete"):
        run(name, post)
    asked = nico.told("POST", "/posts", {"body": "Bread?", "poll": {"choices": ["yes", "no"]}})
    for name in ("polls.show", "votes.create"):
        run(name, asked["poll"]["id"])
    run("messages.show", run("messages.create")["id"])
    for name in ("conversations.show", "conversations.update"):
        run(name, 2)
    told = run("notifications.index")["items"][0]["id"]
    for name in ("notifications.show", "notifications.update"):
        run(name, told)
    export = run("exports.create")["id"]
    site.work()
    for name in ("exports.show", "export_files.show"):
        run(name, export)
    for name in ("posts.index", "posts.index_public", "home.index", "users.index", "search.index", "search.show"):
        run(name)
    for name in ("conversations.index", "messages.index", "notifications.update_all", "signals.index", "exports.index"):
        run(name)
    for name, holder in (("access_tokens.delete", ""), ("all_access_tokens.delete", ""), ("access_tokens.delete_by_id", "own")):
        reader.environment["TOKEN"] = run("access_tokens.create")["token"]
        run(name, run("access_tokens.index")["items"][0]["id"] if holder else "")
    operations = described(site)
    assert reader.statuses.keys() == operations.keys()
    for name, status in reader.statuses.items():
        assert str(status) == next(iter(operations[name]["responses"])), f"{name} answered {status}"


@pytest.mark.row("MT-D32", "MT-23.4", "MT-23.13", "XC-02")
def test_a_machine_that_asks_for_everything_in_odd_ways_finds_nothing_that_is_not_as_described(
    busy_site: Installation, tmp_path: Path
):
    machine = Machine(busy_site, tmp_path)
    began = time.monotonic()
    failed = machine.run()
    took = time.monotonic() - began
    assert not failed, machine.said[-20_000:]
    assert took < 120, f"it took {took:.0f} s"
    everything = {operation["at"] for operation in described(busy_site).values()}
    good = {name for name, found in machine.statuses.items() if any(200 <= status < 300 for status in found)}
    assert everything <= machine.statuses.keys()
    # These want luck: a name and an address that nobody has. The commands of the page have shown them.
    assert everything - good <= {"POST /api/users", "PUT /api/users/{user_id}", "PATCH /api/users/{user_id}"}
    asked = sum(sum(found.values()) for found in machine.statuses.values())
    assert asked > 800
    assert not any(status >= 500 for found in machine.statuses.values() for status in found)


# Through nginx


@pytest.mark.row("XC-02")
def test_an_answer_that_was_packed_on_the_way_is_known_again(marta: Program):
    plain = marta.ask("GET", "/openapi.json")
    packed = marta.ask("GET", "/openapi.json", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    strong, weak = plain.headers["ETag"], packed.headers["ETag"]
    assert weak == f"W/{strong}"
    for path, etag in (
        ("/openapi.json", weak),
        ("/openapi.json", strong),
        ("/posts", marta.ask("GET", "/posts").headers["ETag"]),
    ):
        for encoding in ("gzip", "identity"):
            again = marta.ask("GET", path, Accept_Encoding=encoding, If_None_Match=etag)
            assert (again.status, again.body) == (304, b""), path
            assert again.headers["ETag"].removeprefix("W/") == etag.removeprefix("W/")
    assert marta.ask("GET", "/openapi.json", Accept_Encoding="gzip", If_None_Match='W/"x"').status == 200


@pytest.mark.row("XC-02", "MT-23.10")
def test_a_new_post_is_found_at_its_location_under_the_prefix(site: Installation, marta: Program):
    made = marta.ask("POST", "/posts", {"body": "한글😀 under the prefix"})
    assert made.status == 201
    assert made.headers["Location"].startswith(f"{site.mount}/api/posts/")
    found = marta.told("GET", made.headers["Location"])
    assert (found["body"], found["_links"]["self"]) == ("한글😀 under the prefix", made.headers["Location"])
    assert site.visitor().get(found["url"].removeprefix(site.origin)).status in (200, 302)


def test_a_page_of_another_origin_may_ask_with_a_token_and_read_the_answer(site: Installation, marta: Program):
    asked = {"Origin": ORIGIN, "Access_Control_Request_Method": "PATCH", "Access_Control_Request_Headers": "authorization"}
    may = Program(site).ask("OPTIONS", "/posts/1", **asked)
    assert may.status == 200
    assert may.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in may.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Idempotency-Key", "If-None-Match"} <= set(may.headers["Access-Control-Allow-Headers"].split(", "))
    for answer in (marta.ask("GET", "/posts", Origin=ORIGIN), Program(site).ask("GET", "/posts", Origin=ORIGIN)):
        assert answer.status in (200, 401)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Location" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.headers["Access-Control-Allow-Credentials"] is None
        assert answer.headers["Set-Cookie"] is None


def test_too_much_is_a_413_in_json_as_long_as_nginx_lets_it_in(site: Installation, marta: Program):
    for size in (65_537, 200_000):
        answer = marta.ask("POST", "/posts", b'{"body": "' + b"x" * size + b'"}')
        assert (answer.status, answer.headers["Content-Type"]) == (413, "application/json")
        assert json.loads(answer.body)["error"] == "Request Entity Too Large"
    assert marta.ask("POST", "/posts", b"x" * 300_000).status == 413
    assert marta.ask("POST", "/posts", b'{"body": "' + b"x" * 65_000 + b'"}').status == 422
    assert site.one("SELECT count(*) FROM posts WHERE body LIKE 'xxxx%'") == 0


@pytest.mark.row("MT-23.4")
def test_the_header_that_says_who_asks_arrives_as_it_was_sent(site: Installation, marta: Program):
    mount = site.mount
    for line in (f"Authorization: Bearer {marta.token}", f"authorization: bearer {marta.token}"):
        assert raw(site, f"GET {mount}/api/timelines/home HTTP/1.1", line).status == 200
    answer = raw(site, f"GET {mount}/api/timelines/home HTTP/1.1", f"X-Authorization: Bearer {marta.token}")
    assert (answer.status, answer.header("WWW-Authenticate")) == (401, 'Bearer realm="Authentication Required"')


# Once, whatever dies


@contextmanager
def held_up(site: Installation) -> Iterator[Callable[[], None]]:
    """Whatever marta says waits until the block is over; what the block is given waits until something waits."""
    with site.database.writing() as db:
        db.execute(text(HELD))

        def wait(count: int = 1) -> None:
            deadline = time.monotonic() + 10
            while db.scalar(text(WAITING)) < count:
                assert time.monotonic() < deadline, "nobody waits"
                db.execute(text("SELECT pg_stat_clear_snapshot()"))
                time.sleep(0.02)

        yield wait
        db.rollback()


def count_of(site: Installation, body: str) -> tuple[int, int]:
    """How many posts say this, and how many keys are kept for marta under it."""
    posts = site.one("SELECT count(*) FROM posts WHERE body = :body", body=body)
    return posts, site.one("SELECT count(*) FROM kept_answers WHERE key = :body", body=body)


def say(marta: Program, body: str) -> Answer:
    return marta.ask("POST", "/posts", {"body": body}, Idempotency_Key=body)


@pytest.mark.row("XC-03")
def test_what_a_killed_worker_had_in_hand_is_done_once_when_it_is_asked_for_again(site: Installation, marta: Program):
    body = "said by a worker that was killed"
    answers: list[Answer] = []
    with held_up(site) as wait:
        thread = threading.Thread(target=lambda: answers.append(say(marta, body)), daemon=True)
        thread.start()
        wait()
        (victim,) = site.workers(at_work=True)
        os.kill(victim, signal.SIGKILL)
        thread.join(20)
    assert [answer.status for answer in answers] == [502]
    assert count_of(site, body) == (0, 0)
    again = say(marta, body)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, None)
    assert count_of(site, body) == (1, 1)
    once_more = say(marta, body)
    assert (once_more.status, once_more.headers["Idempotent-Replayed"], once_more.body) == (201, "true", again.body)
    assert once_more.headers["Location"] == again.headers["Location"]
    assert count_of(site, body) == (1, 1)
    site.wait_for_workers(other_than=[victim])


@pytest.mark.row("XC-03")
def test_who_has_not_heard_the_answer_hears_it_when_they_ask_again(site: Installation, marta: Program):
    body = "said to nobody"
    whole = json.dumps({"body": body})
    lines = (f"Authorization: Bearer {marta.token}", "Content-Type: application/json", f"Idempotency-Key: {body}")
    with held_up(site) as wait:
        thread = threading.Thread(
            target=lambda: raw(
                site, f"POST {site.mount}/api/posts HTTP/1.1", *lines, f"Content-Length: {len(whole)}", body=whole
            ),
            daemon=True,
        )
        thread.start()
        wait()
        second: list[Answer] = []
        twin = threading.Thread(target=lambda: second.append(say(marta, body)), daemon=True)
        twin.start()
        wait(2)  # the one for marta's row, the other for the key
    thread.join(20)
    twin.join(20)
    assert [(answer.status, answer.headers["Idempotent-Replayed"]) for answer in second] == [(201, "true")]
    assert count_of(site, body) == (1, 1)


def test_what_is_too_slow_is_a_503_of_which_nothing_is_stored_and_its_id_stands_in_the_log(site: Installation, marta: Program):
    body = "said too slowly"
    with held_up(site):
        answer = say(marta, body)  # Postgres lets nobody wait for a lock longer than two seconds
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (503, "5", "application/json")
    assert json.loads(answer.body)["error"] == "Service Unavailable"
    assert count_of(site, body) == (0, 0)
    request_id = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    log = site.log.read_text(errors="replace").splitlines()
    lines = [json.loads(line) for line in log if request_id in line and line.startswith("{")]  # uWSGI's own is no JSON
    assert {line["endpoint"] for line in lines} == {"api.posts.create"}
    assert [(line["status"], line["path"]) for line in lines if "path" in line] == [(503, "/api/posts")]
    assert any(line["message"].startswith("Slow statement") and line["slow_ms"] > 1_900 for line in lines)
    assert say(marta, body).status == 201
    assert count_of(site, body) == (1, 1)
