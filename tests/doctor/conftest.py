"""A doctor's visit without a network: the door leads straight into the application, and a test may change what comes out."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client

from microblog.app import Application
from microblog.doctor.door import OTHER_SELF, Answer
from microblog.doctor.patient import Patient
from microblog.doctor.verdicts import Unseen

Change = Callable[[str, str, Answer], Answer]


class Inside:
    """A door without nginx. `change` is given method, path and answer, and gives the answer that the doctor sees."""

    def __init__(self, app: Application) -> None:
        self.client, self.config = Client(app), app.config
        self.scheme, self.host, self.name, self.mount = "http", app.config.host, "localhost", app.config.mount
        self.plain_port = 80
        self.change: Change = lambda method, path, answer: answer
        self.offered: int | None = 100

    def ask(self, method: str, path: str, headers: Any = None, *, body: Any = None, **how: Any) -> Answer:
        data = b"".join(body) if isinstance(body, list) else body
        began = time.time()
        found = self.client.open(
            path or "/",
            method=method,
            base_url=f"http://localhost{self.mount}",
            headers=headers,
            data=data,
            environ_overrides={"REMOTE_ADDR": OTHER_SELF},
        )
        headers = [*found.headers.items(), ("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()))]
        answer = Answer(found.status_code, headers, found.get_data(), began, time.time(), OTHER_SELF)
        return self.change(method, path, answer)

    def offer(self, path: str, length: int) -> int:
        if self.offered is None:
            raise Unseen("Nothing is said.")
        return self.offered


@pytest.fixture
def door(app: Application) -> Inside:
    return Inside(app)


@pytest.fixture
def patient(app: Application, door: Inside) -> Patient:
    """The application under test as the doctor sees it, its transaction included."""
    made = Patient(app.config, door)  # type: ignore[arg-type]
    made.database = app.database
    return made


@pytest.fixture
def told(patient: Patient):
    """Has the running site tell something else: told("saw", host="evil.test"), or told(pool=1)."""

    def change(*path: str, **values: Any) -> None:
        place = patient.probe
        for name in path:
            place = place[name]
        place.update(values)

    return change


@pytest.fixture
def store(patient: Patient):
    """Has Postgres be something else: store(version=140_000)."""
    return lambda **values: patient.store.update(values)


@pytest.fixture
def settled(patient: Patient) -> Callable[..., None]:
    """Changes settings here, not those of the running site: settled(mail_port=9)."""

    def change(**values: Any) -> None:
        patient.config = replace(patient.config, **values)

    return change


def without(answer: Answer, *names: str) -> Answer:
    """An answer that lacks headers."""
    return replace(answer, headers=[(name, value) for name, value in answer.headers if name.lower() not in names])


def adding(answer: Answer, **headers: str) -> Answer:
    """An answer with more headers; underlines stand for hyphens."""
    return replace(answer, headers=[*answer.headers, *((name.replace("_", "-"), value) for name, value in headers.items())])
