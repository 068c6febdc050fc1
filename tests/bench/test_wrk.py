"""wrk: asked to run for so long, it says what it has seen; what goes wrong is an error and never a figure."""

import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from microblog.bench import BenchError
from microblog.bench import wrk as generator


class Server(ThreadingHTTPServer):
    """Answers everything as a test wants, and counts what it was asked."""

    daemon_threads = True
    answer = (200, {}, b"bare")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter = Counter()
        self.sent: list[tuple[str, str]] = []
        self.sent_by: set[tuple[str, str]] = set()
        self.handle_error = lambda *_: None  # wrk hangs up when its time is over
        self.url = f"http://127.0.0.1:{self.server_port}/microblog"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece, or each waits for the other side

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked[self.command, self.path] += 1
        self.server.sent.append((self.path, body))
        self.server.sent_by.add((self.path, self.headers.get("Cookie", "")))
        status, headers, answer = self.server.answer
        if callable(answer):
            status, headers, answer = answer(self.command, self.path, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer  # noqa: N815 (the names that http.server looks for)

    def log_message(self, *words: object) -> None:
        """Not on our terminal."""


@contextmanager
def listening():
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def drive(wrk, tmp_path):
    """One run of wrk against a server of ours."""
    (tmp_path / "people.tsv").write_text("".join(f"{n}\tperson_{n}\tmb=c{n}\tform{n}\ttoken{n}\n" for n in range(1, 9)))
    (tmp_path / "posts.tsv").write_text("117\n118\n")
    (tmp_path / "searches.tsv").write_text("a+b\ttwo\n")
    crowds = "public\t0\t88\nsteady\t1\t77\nbusy\t2\t0\ncurious\t3\t0\n"
    (tmp_path / "crowds.tsv").write_text(crowds)
    (tmp_path / "texts.tsv").write_text('Hi+%22you%22\tHi \\"you\\"\n')
    (tmp_path / "votes.tsv").write_text("".join(f"7{n}\t3\t{n}\n" for n in range(8)))

    def run(
        server: Server, *kinds: tuple[str, int], ledger: bool = False, connections: int = 2, **plan: object
    ) -> generator.Result:
        given = {
            "run": "r1",
            "seed": 1,
            "mount": "/microblog",
            "since": 5,
            "kinds": [list(kind) for kind in kinds],
            "ledger": None,
        }
        if ledger:
            given |= {"ledger": str(tmp_path / "ledger"), "votes_from": 0, "votes_to": 8}
        threads = 2 if ledger else 1
        return generator.drive(tmp_path, server.url, threads=threads, connections=connections, seconds=1, plan=given | plan)

    return run


def ledger_of(folder):
    return [line.split("\t") for path in sorted(folder.glob("ledger-*")) for line in path.read_text().splitlines()]


def test_every_kind_of_look_is_asked_for_where_it_is(drive):
    kinds = ("bare", "file", "home", "public", "profile", "post", "signals", "search", "json", "followers")
    with listening() as server:
        result = drive(server, *((kind, 1) for kind in kinds))
    paths = {path for _, path in server.asked}
    assert {
        "/microblog/bare",
        "/microblog/",
        "/microblog/explore",
        "/microblog/notifications?since=5",
        "/microblog/search?q=a+b",
    } <= paths
    assert {"/microblog/user/person_3", "/microblog/post/117", "/microblog/static/0/page.txt"} <= paths
    assert {"/microblog/api/timelines/home?per_page=25", "/microblog/api/users/3/followers?per_page=25"} <= paths
    assert result.error_count == 0
    assert 0 < result.requests <= sum(server.asked.values())
    assert 0 < result.p50 <= result.p90 <= result.p99 <= result.max
    assert 0.8 < result.seconds < 3
    assert result.bytes > result.requests * 4
    assert result.rate == result.requests / result.seconds


def test_pages_of_a_crowd_and_words_of_a_kind_are_what_is_asked_for(drive, tmp_path):
    (tmp_path / "searches.tsv").write_text("a+b\ttwo\nseldom\trare\noften\tcommon\n")
    asked = {}
    for kind in ("search_rare", "search_common", "of_50", "of_50_deep", "of_1000", "of_all", "public_deep"):
        with listening() as server:
            drive(server, (kind, 1))
        asked[kind] = server.sent_by
    assert {path for path, _ in asked["search_rare"]} == {"/microblog/search?q=seldom"}
    assert {path for path, _ in asked["search_common"]} == {"/microblog/search?q=often"}
    assert asked["of_50"] == {("/microblog/", "mb=c2")}
    assert asked["of_50_deep"] == {("/microblog/?before=77", "mb=c2")}
    assert asked["of_1000"] == {("/microblog/", "mb=c3")}
    assert asked["of_all"] == {("/microblog/", "mb=c4")}
    assert {path for path, _ in asked["public_deep"]} == {"/microblog/explore?before=88"}
    assert len(asked["public_deep"]) > 1, "anybody looks at it"


def test_answers_that_are_no_success_are_errors(drive):
    with listening() as server:
        server.answer = (503, {}, b"away")
        result = drive(server, ("bare", 1))
    assert result.errors["status"] == result.requests > 0


def test_that_somebody_has_killed_it_is_said(drive, monkeypatch, tmp_path):
    killed = tmp_path / "wrk"
    killed.write_text("#!/bin/sh\nkill -KILL $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(generator, "program", lambda: str(killed))
    with listening() as server, pytest.raises(BenchError, match="A signal ended it: 9"):
        drive(server, ("bare", 1))


def test_nobody_listening_is_said(drive):
    with listening() as server:
        pass
    with pytest.raises(BenchError, match="Connection refused"):
        drive(server, ("bare", 1))


def test_what_is_written_is_noted_before_it_is_sent_and_again_when_it_is_acknowledged(drive, tmp_path):
    with listening() as server:
        server.answer = (303, {"Location": "/microblog/"}, b"")
        result = drive(server, ("publish", 1), ledger=True)
    assert result.error_count == 0
    lines = ledger_of(tmp_path)
    sent, done = (Counter(line[2] for line in lines if line[0] == word) for word in ("sent", "done"))
    assert done <= sent
    assert sum(done.values()) == result.kinds["publish"]
    assert 0 < len(done) < sum(done.values()), "some are sent twice"
    assert {line[1] for line in lines} == {"post"}
    (path, body) = server.sent[0]
    assert path == "/microblog/"
    assert body.startswith("csrf_token=form")
    mark = body.partition("&nonce=")[2].partition("&")[0]
    assert body.endswith(f"&post=Hi+%22you%22+%5B{mark}%5D")


def test_a_post_by_the_api_carries_its_key(drive, tmp_path):
    with listening() as server:
        server.answer = (201, {}, b"{}")
        drive(server, ("api_publish", 1), ledger=True)
    mark = next(line[2] for line in ledger_of(tmp_path) if line[0] == "done")
    assert ("/microblog/api/posts", f'{{"body":"Hi \\"you\\" [{mark}]"}}') in server.sent
    assert all(line[4] == "key" for line in ledger_of(tmp_path))


def test_a_success_that_leads_elsewhere_is_none(drive, tmp_path):
    with listening() as server:
        server.answer = (303, {"Location": "/microblog/auth/login"}, b"")
        result = drive(server, ("publish", 1), ledger=True)
    assert result.errors["wrong"] == result.requests > 0
    assert "publish: 303 /microblog/auth/login" in result.failures
    assert not any(line[0] == "done" for line in ledger_of(tmp_path))


def test_a_refusal_is_told_with_its_words(drive):
    with listening() as server:
        server.answer = (422, {}, b'Please\n"write" \\ something.')
        result = drive(server, ("api_publish", 1), ledger=True)
    assert 'api_publish: 422 Please\n"write" \\ something.' in result.failures


def test_whoever_is_followed_is_left_again(drive, tmp_path):
    with listening() as server:
        server.answer = (0, {}, lambda verb, path, body: (303, {"Location": f"/microblog/user/{path.rpartition('/')[2]}"}, b""))
        drive(server, ("follow", 1), ledger=True)
    lines = [line[1:] for line in ledger_of(tmp_path) if line[0] == "done"]
    assert {line[0] for line in lines} == {"follow", "unfollow"}
    begun = Counter(tuple(pair) for verb, *pair in lines if verb == "follow")
    assert Counter(tuple(pair) for verb, *pair in lines if verb == "unfollow") <= begun
    assert all(reader != author for reader, author in begun)
    for thread in (0, 1):
        mine = [line.split("\t") for line in (tmp_path / f"ledger-{thread}").read_text().splitlines()]
        assert {(int(reader) - 1) % 2 for _, _, reader, _ in mine} == {thread}, "nobody else speaks for these people"


def test_nobody_votes_twice_and_afterwards_they_do_something_else(drive, tmp_path):
    def answer(verb: str, path: str, body: str):
        return (201, {}, b"{}") if "/votes" in path else (303, {"Location": f"/microblog/user/{path.rpartition('/')[2]}"}, b"")

    with listening() as server:
        server.answer = (0, {}, answer)
        result = drive(server, ("vote", 1), ledger=True, votes_from=2, votes_to=6)
    votes = [tuple(line[2:4]) for line in ledger_of(tmp_path) if line[:2] == ["done", "vote"]]
    assert len(votes) == len(set(votes)) == result.kinds["vote"] <= 4
    assert result.kinds["follow"] > 0


def test_the_same_seed_asks_for_the_same(drive):
    asked = []
    for seed in (1, 1, 2):
        with listening() as server:
            drive(server, ("profile", 1), ("post", 1), connections=1, seed=seed)
        asked.append([path for path, _ in server.sent[:30]])
    assert len(asked[0]) == 30
    assert asked[0] == asked[1] != asked[2]


def test_wrk_that_is_missing_is_named_with_its_package(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BenchError, match="wrk is not installed: apt install wrk"):
        generator.program()


def test_wrk_that_says_nothing_is_an_error(wrk, tmp_path):
    with pytest.raises(BenchError, match="did not say what it has measured"):
        generator.drive(tmp_path, "http://127.0.0.1:9/", threads=1, connections=1, seconds=1, plan={"kinds": []})


def test_wrk_that_does_not_end_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(generator, "PATIENCE", 0.1)
    with pytest.raises(BenchError, match="did not end"):
        generator._run(["sleep", "60"], {"PATH": "/usr/bin:/bin"}, 0.1)
