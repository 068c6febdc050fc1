"""The door: what is sent by hand, what comes back, and what is said where nothing does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from microblog.doctor import door as module
from microblog.doctor.door import OTHER_SELF, Answer, Door
from microblog.doctor.verdicts import Unseen


class Listener:
    """Somebody at a port who says the same to everyone and remembers the last."""

    def __init__(self, says: bytes) -> None:
        self.says, self.heard, self.peer = says, b"", ""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def serve(self) -> None:
        while True:
            try:
                line, peer = self.socket.accept()
            except OSError:
                return
            with line:
                self.peer = peer[0]
                line.settimeout(0.05)
                self.heard = b""
                try:
                    while part := line.recv(65_536):
                        self.heard += part
                except TimeoutError:
                    pass
                line.sendall(self.says)


@contextmanager
def listening(says: bytes) -> Iterator[Listener]:
    listener = Listener(says)
    thread = threading.Thread(target=listener.serve, daemon=True)
    thread.start()
    yield listener
    listener.socket.shutdown(socket.SHUT_RDWR)
    listener.socket.close()
    thread.join(5)


@pytest.fixture
def brief(monkeypatch):
    """Little patience."""
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    monkeypatch.setattr(module, "BRIEF_PATIENCE", 0.3)


def door_of(listener: Listener, scheme: str = "http") -> Door:
    return Door("http://example.org/microblog", at=f"{scheme}://127.0.0.1:{listener.port}")


def test_the_public_name_is_said_at_another_address():
    with listening(b"HTTP/1.1 200 OK\r\nX: 1\r\nx: 2\r\nContent-Length: 2\r\n\r\nhi") as listener:
        answer = door_of(listener).ask("GET", "/livez", {"X-Own": "y"})
    assert listener.heard.startswith(b"GET /microblog/livez HTTP/1.1\r\nHost: example.org\r\n")
    assert b"X-Own: y" in listener.heard
    assert (answer.status, answer.text, answer.all("X"), answer.one("x"), answer.one("y")) == (200, "hi", ["1", "2"], "1", "")
    assert answer.address == listener.peer == "127.0.0.1"
    assert answer.sent_at <= answer.came_at


def test_on_this_machine_one_may_come_as_another():
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as listener:
        answer = door_of(listener).ask("GET", "/livez", as_other=True)
    assert answer.address == listener.peer
    assert listener.peer in (OTHER_SELF, "127.0.0.1"), "not every system has the first"


def test_an_answer_that_ends_with_the_line_is_read():
    with listening(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end") as listener:
        assert door_of(listener).ask("GET", "/livez").text == "to the end"


def test_a_body_in_pieces_goes_in_chunks_and_many_headers_can_be_added():
    with listening(b"HTTP/1.1 204 No Content\r\n\r\n") as listener:
        door_of(listener).ask("POST", "/x", body=[b"ab", b"c"], pairs=30)
    assert b"Transfer-Encoding: chunked" in listener.heard
    assert listener.heard.endswith(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
    assert listener.heard.count(b"X-Doctor-") == 30


def test_a_body_is_offered_and_not_sent():
    with listening(b"HTTP/1.1 413 Too Large\r\n\r\n") as listener:
        assert door_of(listener).offer("/x", 12_345) == 413
    assert b"Content-Length: 12345\r\nExpect: 100-continue" in listener.heard
    assert listener.heard.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("says", "scheme", "reason"),
    [
        (b"", "http", "no HTTP is spoken there"),
        (b"220 ready\r\n", "http", "no HTTP is spoken there"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "https", "no TLS is spoken there"),
    ],
)
def test_who_speaks_something_else_is_told(says, scheme, reason, brief):
    with listening(says) as listener, pytest.raises(Unseen, match=f"127.0.0.1 port {listener.port}: {reason}"):
        door_of(listener, scheme).ask("GET", "/livez")


def test_nobody_at_the_port_or_of_that_name(brief):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unseen, match="no answer within 0.5 s"):
            Door(f"http://127.0.0.1:{port}").ask("GET", "/livez")
        with pytest.raises(Unseen, match="no answer within"):
            Door(f"http://127.0.0.1:{port}").offer("/livez", 1)
    with pytest.raises(Unseen, match=f"127.0.0.1 port {port}: Connection refused"):
        Door(f"http://127.0.0.1:{port}").ask("GET", "/livez", as_other=True)
    with pytest.raises(Unseen, match="no-such-host.invalid port 443"):
        Door("https://no-such-host.invalid").ask("GET", "/livez")
    with pytest.raises(Unseen, match="port 9:"):
        Door("https://127.0.0.1:1", plain_port=9).ask("GET", "/livez", plain=True)


@pytest.mark.parametrize("says", [b"", b"hello", b"x y z"])
def test_an_offer_that_nobody_judges_is_unseen(says, brief):
    with listening(says) as listener, pytest.raises(Unseen):
        door_of(listener).offer("/x", 1)


@pytest.mark.parametrize(
    ("date", "seconds"), [("Sat, 28 Nov 2026 05:00:00 GMT", 1_795_842_000.0), ("yesterday", None), ("", None)]
)
def test_the_clock_of_an_answer(date, seconds):
    assert Answer(200, [("Date", date)] if date else [], b"", 0, 0, "").date == seconds


@pytest.mark.parametrize(
    ("public", "at", "expected"),
    [
        ("https://example.org/microblog", "", ("https", "example.org", 443, "example.org")),
        ("http://example.org:8080", "", ("http", "example.org", 8080, "example.org:8080")),
        ("https://example.org", "http://[::1]:9", ("http", "::1", 9, "example.org")),
    ],
)
def test_where_it_goes_and_which_name_it_says(public: str, at: str, expected: tuple):
    door = Door(public, at=at)
    assert (door.scheme, door.host_to_reach, door.port, door.host) == expected
