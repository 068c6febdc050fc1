"""A stand-in for services of the world outside: a tiny HTTP server that writes down what it is asked and answers as it is told."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request: its path with the query, its headers in lower case, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    """The service as a test sees it. `answer` takes a request and gives status, headers and body; `drip` writes by hand."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, dict[str, str], bytes]] = lambda _asked: (200, {}, b"{}")
    drip: Callable[[socket.socket], None] | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def says(self, body: object, *, status: int = 200, **headers: str) -> None:
        """Answer every request with this JSON, or these bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = lambda _asked: (status, headers, raw)

    def hangs(self) -> None:
        """Take every request and say nothing until the test is over."""
        self.drip = lambda _socket: self.released.wait(30)

    def drips(self, *, seconds: float, first: bytes = b"HTTP/1.1 200 OK\r\n") -> None:
        """Say one byte after the other, each in time and all together never."""

        def drip(connection: socket.socket) -> None:
            connection.sendall(first)
            while not self.released.is_set():
                connection.sendall(b"x")
                time.sleep(seconds)

        self.drip = drip

    def translates(self) -> None:
        """Be a LibreTranslate or a Microsoft, whichever is asked for, that turns every text round."""

        def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
            if isinstance(asked.json, list):
                body: Any = [{"translations": [{"text": asked.json[0]["Text"][::-1], "to": "xx"}]}]
                return 200, {}, b"\xef\xbb\xbf" + json.dumps(body).encode()
            return 200, {}, json.dumps({"translatedText": asked.json["q"][::-1]}).encode()

        self.answer = answer


@contextlib.contextmanager
def running() -> Iterator[Service]:
    """A service at a port of its own for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            service.asked.append(asked)
            with contextlib.suppress(OSError):  # whoever asked may have gone
                if service.drip:
                    service.drip(self.connection)
                    return
                status, headers, answer = service.answer(asked)
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(answer))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """What was asked stands in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Service(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
