"""A program that uses the API of an installation: JSON in both directions, and a token."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from microblog import demo

from .installation import Installation
from .visitor import Answer


@dataclass
class Program:
    """Somebody's program, or a stranger's. Paths are below /api, or whole ones as links are."""

    site: Installation
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; headers are named in Python's way: If_None_Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        whole = path if path.startswith(self.site.mount + "/api") else f"{self.site.mount}/api{path}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.site.visitor().request(method, whole, data, sent)

    def told(self, method: str, path: str, body: Any = None) -> Any:
        """What a good answer says."""
        answer = self.ask(method, path, body)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        return json.loads(answer.body) if answer.body else None


def program_of(site: Installation, username: str, label: str = "") -> Program:
    """A program with a token of one of the demo people."""
    password = b64encode(f"{username}:{demo.PASSWORD}".encode()).decode()
    answer = Program(site).ask("POST", "/tokens", {"label": label}, Authorization=f"Basic {password}")
    assert answer.status == 200, answer.text
    return Program(site, json.loads(answer.body)["token"])
