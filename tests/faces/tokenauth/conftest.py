"""What the tests of the token handler stand on: programs that know its addresses and send its two headers."""

from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from ...conftest import PASSWORD


class Program(Client):
    """A program below /tokenauth: it sends its token and says whose it is, where it has one."""

    token: str | None = None
    uid: Any = None

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", "http://localhost/microblog")
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if self.uid is not None:
            headers.setdefault("uid", str(self.uid))
        return super().open(f"/tokenauth{path}", *arguments, headers=headers, **options)

    def log_in(self, person: Any, password: str = PASSWORD) -> str:
        """Come back with a token, which is sent from now on."""
        answer = self.post("/auth", json={"username": person.username, "password": password})
        assert answer.status_code == 200, answer.text
        self.token, self.uid = answer.json["token"], person.id
        return self.token


@pytest.fixture
def program(app) -> Program:
    return Program(app)


@pytest.fixture
def as_alice(program, alice) -> Program:
    program.log_in(alice)
    return program
