"""Builds that are spoiled on purpose, to see that the tests of this folder notice. Put in the place of wsgi.py it makes the
application with the fault that SPOILED names; by hand: `FAULTS_SPOILED=hasty python -m pytest tests/faults` must fail."""

import os
import smtplib
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg2

from microblog import app
from microblog.config import read
from microblog.core import follows, kept_answers, posts, queue
from microblog.faces import verdicts
from microblog.faces.web import translations
from microblog.framework import database
from microblog.framework.faults import Fault, fault_of
from microblog.framework.request import Request
from microblog.gateways.http import Client


def hasty() -> None:
    """Says that a post is live a moment before COMMIT."""
    keep = Request.commit

    def commit(self: Any) -> None:
        if not self.route or not self.route.endpoint.endswith("posts.create"):
            return keep(self)
        db, self._db = self._db, None
        if db is not None:

            def later() -> None:
                with suppress(Exception):
                    db.commit()
                with suppress(Exception):
                    db.close()

            threading.Timer(0.1, later).start()
        self._in_transaction = False
        return None

    Request.commit = commit  # type: ignore[method-assign]


def forgetful() -> None:
    """Takes whatever is sent again for something new."""
    say = posts.publish
    kept_answers.claim = lambda *_: None
    kept_answers.keep = lambda *_, **__: None
    posts.publish = lambda *arguments, **named: say(*arguments, **named | {"nonce": None})


def stubborn() -> None:
    """Tries again what may be stored already."""
    Request.may_be_stored = property(lambda _: False, lambda _, __: None)  # type: ignore[assignment]


def blunt() -> None:
    """Says 500 where the database is away or slow."""
    verdicts.STATUS_OF_FAULT |= {Fault.AWAY: 500, Fault.SLOW: 500}


def sulking() -> None:
    """Refuses for eight seconds more once it could not reach the database."""
    until: list[Any]
    handle, until = app.Application.handle, [0.0, None]

    def handle_or_refuse(self: Any, request: Any) -> Any:
        if time.monotonic() < until[0]:
            request.may_be_stored = True  # so that it is not tried again
            raise until[1]
        try:
            return handle(self, request)
        except Exception as error:
            if fault_of(error) is Fault.AWAY:
                until[:] = time.monotonic() + 8, error
            raise

    app.Application.handle = handle_or_refuse  # type: ignore[method-assign]


def miscounting() -> None:
    """Counts no followers."""
    follows._count = lambda *_: None


def patient() -> None:
    """Waits for locks and for slow statements longer than anybody would."""
    database.SESSION_SETTINGS |= {"lock_timeout": "25000", "statement_timeout": "25000"}


def obliging() -> None:
    """Lets all its threads wait for the translator."""
    translations.Client = lambda **_: Client(at_once=100)


def eager() -> None:
    """Talks to the mail server before it answers."""
    enqueue = queue.enqueue

    def enqueue_and_look(*arguments: Any, **named: Any) -> Any:
        with suppress(OSError):
            smtplib.SMTP("127.0.0.1", int(os.environ["MAIL_PORT"]), timeout=10).close()
        return enqueue(*arguments, **named)

    queue.enqueue = enqueue_and_look


def cold() -> None:
    """Refuses for a second after each start of a process."""
    handle, warm = app.Application.handle, time.monotonic() + 1

    def handle_when_warm(self: Any, request: Any) -> Any:
        if time.monotonic() < warm:
            request.may_be_stored = True  # so that it is not tried again
            raise psycopg2.OperationalError("cold")
        return handle(self, request)

    app.Application.handle = handle_when_warm  # type: ignore[method-assign]


def credulous() -> None:
    """Takes whatever the translator says for a translation."""
    post = Client.post
    Client.post = lambda *arguments: replace(post(*arguments), status=200)  # type: ignore[method-assign]


NAME = os.environ.get("SPOILED", "")
if NAME:
    spoilers = (hasty, forgetful, stubborn, blunt, sulking, miscounting, patient, obliging, eager, cold, credulous)
    {spoil.__name__: spoil for spoil in spoilers}[NAME]()
    application = app.create(read())
