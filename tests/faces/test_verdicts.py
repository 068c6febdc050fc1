"""Every kind of trouble has a status of its own."""

import psycopg2
import pytest
from sqlalchemy import exc
from werkzeug import exceptions

from microblog.core import refusals
from microblog.faces.verdicts import SENTENCES, TooOften, judge
from microblog.framework.request import Request
from microblog.framework.text import BadInput


def unique_violation():
    class Taken(psycopg2.IntegrityError):
        pgcode = "23505"

    return exc.IntegrityError("INSERT", {}, Taken("duplicate"))


def unfit():
    class TooLarge(psycopg2.DataError):
        pgcode = "22003"

    return exc.DataError("INSERT", {}, TooLarge("integer out of range"))


@pytest.mark.row("TK-14")
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (refusals.NotFound("gone"), 404),
        (refusals.Forbidden("no"), 403),
        (refusals.Conflict("no"), 409),
        (refusals.Invalid({}), 422),
        (BadInput("bytes"), 400),
        (TooOften(3), 429),
        (exceptions.RequestEntityTooLarge(), 413),
        (exceptions.ImATeapot(), 418),
        (unique_violation(), 409),
        (unfit(), 400),
        (exc.TimeoutError("pool"), 503),
        (RuntimeError("unforeseen"), 500),
    ],
)
def test_each_trouble_has_its_status(app, error, status):
    verdict = judge(Request({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, app), error)
    assert verdict.status == status
    assert str(verdict.message)


def test_whoever_came_too_often_hears_when_to_come_back(app):
    verdict = judge(Request({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, app), TooOften(2.3))
    assert verdict.headers == {"Retry-After": "3"}
    assert verdict.message is SENTENCES[429]
