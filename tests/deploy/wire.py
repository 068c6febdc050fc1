"""What no browser would say: requests written out byte by byte, and what came of them."""

import json
import re
import socket
from dataclasses import dataclass

from .installation import Installation
from .visitor import Answer


@dataclass
class RawAnswer:
    """What came back to raw bytes; status 0 if the line was closed without a word."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        found = re.search(rf"(?im)^{re.escape(name)}: *(.*?)\r?$", self.head)
        return found[1] if found else None


def exchange(port: int, raw: bytes, *, address: str = "127.0.0.1") -> RawAnswer:
    """Send exactly these bytes and read until the line is closed."""
    with socket.create_connection(("127.0.0.1", port), 15, source_address=(address, 0)) as line:
        received = b""
        try:
            line.sendall(raw)
            while part := line.recv(65_536):
                received += part
        except (ConnectionResetError, BrokenPipeError):
            pass  # what was answered before the line was cut counts
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return RawAnswer(int(status[1]) if status else 0, head.decode("latin-1"), body)


def seen_by(answer: Answer | RawAnswer) -> dict[str, str]:
    """What the application behind the mirror was told."""
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)
    return found["environ"] | {"body": found["body"]}


def raw_get(site: Installation, path: str, *lines: str, host: str | None = None) -> RawAnswer:
    return raw(site, f"GET {path} HTTP/1.1", *lines, host=host)


def raw(site: Installation, first: str, *lines: str, host: str | None = None, body: str = "") -> RawAnswer:
    """A request written out line by line; the good Host is added unless there is another, or '' for none."""
    whole = [first, *([f"Host: {site.host if host is None else host}"] if host != "" else []), "Connection: close", *lines]
    return exchange(site.port, ("\r\n".join([*whole, "", ""]) + body).encode("latin-1"))


def assert_alive(site: Installation) -> None:
    assert site.visitor(99).get(site.mount + "/livez").status == 200
