"""What the tests of miniter stand on: programs that speak it, and what they have stored."""

import pytest
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from microblog.models import Follow, Post

from ...conftest import PASSWORD, Person


class Program(Client):
    """A program that speaks miniter: it sends JSON, and the token of a person once it has one."""

    token = ""

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", "http://localhost/microblog")
        headers = {"Authorization": self.token} if self.token else {}
        options["headers"] = headers | dict(options.get("headers") or {})
        return super().open(f"/miniter{path}", *arguments, **options)

    def send(self, path: str, **members: object) -> TestResponse:
        return self.post(path, json=members)

    def tweets(self, path: str = "/timeline") -> list[str]:
        """What a timeline says, without who said it."""
        return [item["tweet"] for item in self.get(path).json["timeline"]]


@pytest.fixture
def stranger(app) -> Program:
    return Program(app)


@pytest.fixture
def logged_in(app):
    """Makes a program that a person has let in."""

    def make(person: Person, password: str = PASSWORD) -> Program:
        program = Program(app)
        program.token = program.send("/login", email=person.email, password=password).json["access_token"]
        return program

    return make


@pytest.fixture
def as_alice(logged_in, alice) -> Program:
    return logged_in(alice)


@pytest.fixture
def as_bob(logged_in, bob) -> Program:
    return logged_in(bob)


@pytest.fixture
def follows(db):
    """Who follows whom, as stored."""
    return lambda: {tuple(row) for row in db.execute(select(Follow.follower_id, Follow.followed_id))}


@pytest.fixture
def said(db):
    """Who has said what, as stored."""
    return lambda: [tuple(row) for row in db.execute(select(Post.author_id, Post.body).order_by(Post.id))]
