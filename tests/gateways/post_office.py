"""A mail server that stands in for a real one: it takes letters, keeps them, and refuses when a test says so."""

import contextlib
import socketserver
import sys
import threading
from collections.abc import Iterator
from typing import Any


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a letter needs; what the client says is kept by the server."""

    server: "PostOffice"

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.server.awake.wait(30)
        if self.server.refuses:
            self.say("421 come back later")
            return
        self.say("220 ready")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            self.server.heard.append(line)
            verb = line.split()[0].upper()
            if verb == self.server.unwelcome:
                self.say("535 not you" if verb == "AUTH" else "554 not for you")
            elif verb == "EHLO":
                for extension in ("250-stand-in", "250-SMTPUTF8", "250-8BITMIME", "250 AUTH PLAIN"):
                    self.say(extension)
            elif verb == "DATA":
                self.say("354 go on")
                body = []
                while (part := self.rfile.readline()) != b".\r\n":
                    body.append(part)
                self.server.letters.append(b"".join(body))
                self.server.prompt.wait(30)
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("235 welcome" if verb == "AUTH" else "250 fine")


class PostOffice(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.port: int = self.server_address[1]
        self.heard: list[str] = []
        self.letters: list[bytes] = []
        self.refuses = False
        self.unwelcome = ""  # a verb that is refused
        self.awake, self.prompt = threading.Event(), threading.Event()  # cleared, it is silent; or so once it has taken a letter
        self.awake.set()
        self.prompt.set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def running(port: int = 0) -> Iterator[PostOffice]:
    """The server at work until the block is left."""
    with PostOffice(port) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()
