"""The one way out: HTTP requests to services an operator has named, with an end to every wait.

It goes where it is told and nowhere else: no redirect is followed, no proxy of the environment is used, no cookie is kept.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE = 3.0  # seconds for the connection, and for each word of the answer after it
TOTAL = 6.0  # seconds for everything together, the search for the host's address included
LARGEST_ANSWER = 1_000_000  # bytes
AT_ONCE = 4


class Unanswered(Exception):
    """The service was not reached, was too slow, spoke no HTTP or did not stop speaking. The message never holds a secret."""


@dataclass(frozen=True)
class Answer:
    """What a service said, whatever it thinks of the request."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Client:
    """Asks one service, `at_once` times at once at most: a service that hangs must not take all threads of a process with it."""

    patience: float = PATIENCE
    total: float = TOTAL
    largest: int = LARGEST_ANSWER
    at_once: int = AT_ONCE
    _places: threading.BoundedSemaphore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", threading.BoundedSemaphore(self.at_once))

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body and take the answer; raises Unanswered after at most `total` seconds."""
        if not self._places.acquire(blocking=False):
            raise Unanswered("Too many requests to it are under way already.")
        call = _Call(self, url, body, headers)
        # A thread of its own, since no timeout of Python's ends the search for an address or an answer that drips.
        threading.Thread(target=call.run, args=(self._places,), name="outgoing", daemon=True).start()
        return call.wait(self.total)


class _Call:
    """One request under way."""

    def __init__(self, client: Client, url: str, body: bytes, headers: dict[str, str]) -> None:
        self.client, self.url, self.body, self.headers = client, url, body, headers
        self.ended = threading.Event()
        self.socket: socket.socket | None = None
        self.answer: Answer | None = None
        self.reason = ""

    def run(self, places: threading.BoundedSemaphore) -> None:
        try:
            self.answer = self._ask()
        except Unanswered as error:
            self.reason = str(error)
        except Exception as error:  # whatever it is, the caller waits for a word
            self.reason = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__
        finally:
            self.ended.set()
            places.release()

    def wait(self, seconds: float) -> Answer:
        if not self.ended.wait(seconds):
            self._hang_up()
            raise Unanswered(f"It took longer than {seconds:g} s.")
        if self.answer is None:
            raise Unanswered(self.reason)
        return self.answer

    def _ask(self) -> Answer:
        parts = urlsplit(self.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, self.client.patience)
        try:
            connection.connect()
            self.socket = connection.sock  # which the connection itself lets go of before the answer has ended
            connection.request("POST", target, self.body, {"User-Agent": "Microblog", "Connection": "close", **self.headers})
            response = connection.getresponse()
            body = response.read(self.client.largest + 1)
            if len(body) > self.client.largest:
                raise Unanswered(f"It answered more than {self.client.largest} bytes.")
            return Answer(response.status, body)
        finally:
            connection.close()

    def _hang_up(self) -> None:
        """End a conversation from outside, so that its thread ends, too."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int | None, patience: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=patience, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=patience)
