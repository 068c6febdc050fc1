"""Programs: clients with a token of somebody's."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from microblog.app import Application
from microblog.core import access_tokens
from microblog.faces.access_tokens import keys
from tests.conftest import Person
from tests.together import together


class Program(Client):
    """A program below the mount; with a token it is somebody's. Paths are those below /microblog, and whole links as they come."""

    token: str | None = None

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", "http://localhost/microblog")
        headers = dict(options.pop("headers", None) or {})  # type: ignore[call-overload]
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return super().open(path.removeprefix("/microblog"), *arguments, headers=headers, **options)


@pytest.fixture
def new_program(app, db):
    """Makes the program of a person."""

    def make(person: Person) -> Program:
        program = Program(app, use_cookies=False)
        program.token = access_tokens.ask(db, keys(app.config), person.id, label="tests").token
        db.commit()
        return program

    return make


@pytest.fixture
def program(new_program, alice) -> Program:
    """Alice's program."""
    return new_program(alice)


@pytest.fixture
def stranger(app) -> Program:
    """A program of nobody."""
    return Program(app, use_cookies=False)


@pytest.fixture
def committing(settings, new_database):
    """An application with a database of its own, where what is committed is."""
    app = Application(replace(settings, database_url=new_database(), threads=16))
    yield app
    app.database.close()


@pytest.fixture
def at_once():
    """Does something for each number in a thread of its own, all released together; gives the answers."""

    def run(act: Callable[[int], TestResponse], times: int = 16) -> list[TestResponse]:
        return together([lambda number=number: act(number) for number in range(times)])

    return run
