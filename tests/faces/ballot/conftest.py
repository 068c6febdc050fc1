"""What the tests of the ballot stand on: programs that know its addresses, and the ten candidates."""

import json

import pytest
from werkzeug.test import Client, TestResponse

from ...conftest import PASSWORD


class Program(Client):
    """A program below /ballot: it sends JSON, and its token where it has one."""

    token: str | None = None

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", "http://localhost/microblog")
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", self.token)
        return super().open(f"/ballot{path}", *arguments, headers=headers, **options)

    def sign_up(self, **members: object) -> TestResponse:
        return self.post("/auth/signup", json={"email": "susan@example.org", "name": "수잔", "password": "test1234"} | members)

    def log_in(self, email: str, password: str = PASSWORD) -> str:
        """Come back with a token, which is sent from now on."""
        answer = self.post("/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self.token = answer.text
        return answer.text

    def counts(self) -> dict[int, int]:
        """How often each candidate was chosen."""
        return {candidate["id"]: candidate["voteCount"] for candidate in json.loads(self.get("/candidates").text)}


NO_VOTES = dict.fromkeys(range(1, 11), 0)


@pytest.fixture
def new_program(app):
    return lambda: Program(app)


@pytest.fixture
def program(new_program) -> Program:
    return new_program()


@pytest.fixture
def as_alice(program, alice) -> Program:
    program.log_in(alice.email)
    return program
