"""The front door from outside: plain HTTP by hand, with what a browser would hide, and an end to every wait."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from .verdicts import Unseen

PATIENCE = 5.0  # seconds for the connection and for each word of an answer
BRIEF_PATIENCE = 1.5  # seconds for what can be said at once
MOST_READ = 2_000_000  # bytes of an answer
OTHER_SELF = "127.0.0.77"  # on this machine itself we come from here, to be told apart from a proxy on the same machine
STRANGER = "doctor.invalid"  # a host that is nobody's (RFC 6761)


@dataclass(frozen=True)
class Answer:
    """What came back: `headers` as they were sent, `sent_at` and `came_at` by this machine's clock, `address` our own end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    sent_at: float
    came_at: float
    address: str

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for other, value in self.headers if other.lower() == name.lower()]

    def one(self, name: str) -> str:
        """The first value of a header, '' if there is none."""
        return next(iter(self.all(name)), "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def date(self) -> float | None:
        """The server's clock, in whole seconds since 1970."""
        try:
            return parsedate_to_datetime(self.one("Date")).timestamp()
        except ValueError:
            return None


class Door:
    """Where an installation is reached. `at` is another address to knock at than its public one, whose name is said all the
    same; `plain_port` is where it is expected without TLS. A self-signed certificate is judged by `is_trusting`."""

    def __init__(
        self,
        public_url: str,
        *,
        at: str = "",
        plain_port: int = 80,
        is_trusting: bool = False,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        clock: Callable[[], float] = time.time,
    ) -> None:
        public, reached = urlsplit(public_url), urlsplit(at or public_url)
        self.scheme, self.host_to_reach = reached.scheme, reached.hostname or ""
        self.port = reached.port or (443 if self.scheme == "https" else 80)
        self.name, self.host, self.mount = public.hostname or "", public.netloc, public.path
        self.plain_port, self.is_trusting, self.context, self.clock = plain_port, is_trusting, context, clock

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: Any = None,
        plain: bool = False,
        as_other: bool = False,
        pairs: int = 0,
    ) -> Answer:
        """One request and its answer; the path is below the mount. A body in a list goes in chunks. `plain` goes where there
        should be no TLS, `as_other` comes from another address of this machine, `pairs` adds so many headers."""
        sent = {"Host": self.host, "User-Agent": "Microblog doctor", "Accept-Encoding": "identity", **(headers or {})}
        sent |= {f"X-Doctor-{number}": "something" for number in range(pairs)}
        began = self.clock()
        with self._line(plain=plain, as_other=as_other) as line:
            connection = http.client.HTTPConnection(self.name or "x")
            connection.sock = line
            address = line.getsockname()[0]
            connection.request(method, self.mount + path, body, sent, encode_chunked=isinstance(body, list))
            response = connection.getresponse()
            content = response.read(MOST_READ)
        return Answer(response.status, response.getheaders(), content, began, self.clock(), address)

    def offer(self, path: str, length: int) -> int:
        """The status that comes when a body of so many bytes is announced and not sent: 100 if it would be taken."""
        head = f"POST {self.mount}{path} HTTP/1.1\r\nHost: {self.host}\r\nUser-Agent: Microblog doctor\r\nConnection: close\r\n"
        head += f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        with self._line() as line:
            line.settimeout(BRIEF_PATIENCE)
            line.sendall(head.encode())
            first = line.recv(1_000)
        words = first.split(None, 2)
        if len(words) < 2 or not words[1].isdigit():
            raise Unseen("The line was closed without a word.")
        return int(words[1])

    def certificate(self) -> dict[str, Any]:
        """The certificate, if it is good for our name; raises ssl.SSLCertVerificationError with the reason if it is not."""
        context = self.context()
        if self.is_trusting:  # then it needs nobody to vouch for it, but the name and the time must be right
            with self._line() as line:
                assert isinstance(line, ssl.SSLSocket)
                context.load_verify_locations(cadata=line.getpeercert(binary_form=True) or b"")
            context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        with self._line(context=context) as line:
            assert isinstance(line, ssl.SSLSocket)
            return line.getpeercert() or {}

    @contextmanager
    def _line(
        self, *, plain: bool = False, as_other: bool = False, context: ssl.SSLContext | None = None
    ) -> Iterator[socket.socket]:
        """A connection; with TLS, but whoever is there is taken for who it should be unless a context says otherwise."""
        port = self.plain_port if plain else self.port
        try:
            line = self._connect(port, as_other=as_other)
            try:
                if self.scheme == "https" and not plain:
                    line = (context or _unsuspecting()).wrap_socket(line, server_hostname=self.name)
                yield line
            finally:
                line.close()
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise Unseen(f"{self.host_to_reach} port {port}: {_reason(error)}.") from error

    def _connect(self, port: int, *, as_other: bool) -> socket.socket:
        if as_other:
            with suppress(OSError):  # not every system lets one come from any of its own addresses
                if socket.gethostbyname(self.host_to_reach).startswith("127."):
                    return socket.create_connection((self.host_to_reach, port), PATIENCE, source_address=(OTHER_SELF, 0))
        return socket.create_connection((self.host_to_reach, port), PATIENCE)


def _reason(error: Exception) -> str:
    """What went wrong with a line, in a few words."""
    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE:g} s"
    if isinstance(error, ssl.SSLError):
        return f"no TLS is spoken there ({error.reason})"
    if isinstance(error, http.client.HTTPException):
        return f"no HTTP is spoken there ({type(error).__name__})"
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _unsuspecting() -> ssl.SSLContext:
    """Encrypts and asks for no name: whether the certificate is good is a check of its own, and no secret is sent."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
