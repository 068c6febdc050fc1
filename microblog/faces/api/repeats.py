"""Requests that are sent again under the same Idempotency-Key: done once, and answered as the first time for a day."""

from collections.abc import Mapping
from typing import Any

from ...core import kept_answers
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import Route
from .. import callers
from . import typed

HEADER = "Idempotency-Key"
UNFIT = Message("An Idempotency-Key has 1 to %(most)d printable ASCII characters.", most=kept_answers.LONGEST_KEY)


def call(request: Request, route: Route, arguments: Mapping[str, Any]) -> Response:
    """Have a handler answer, unless it has answered this request before.

    The key is taken in the transaction that does the work, so of many that come at once one works and the others wait for its
    answer. A refusal undoes it all: the next try is a first one. Where a secret is given out the answer is not kept, for asking
    again gives the same one anyhow.
    """
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None:
        return typed.call(request, route, arguments)
    if not 1 <= len(key) <= kept_answers.LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise typed.Misshapen({HEADER: UNFIT}, UNFIT, 400)
    caller = callers.called(request)
    first = kept_answers.claim(request.db, caller, key, _asked(request))
    if first is not None:
        return _again(first)
    response = typed.call(request, route, arguments)
    if not getattr(route.handler, "is_by_password", False):
        location = response.headers.get("Location", "")
        kept_answers.keep(request.db, caller, key, status=response.status_code, location=location, body=response.get_data())
    return response


def _asked(request: Request) -> bytes:
    """All that makes one request another one."""
    query = request.environ.get("QUERY_STRING", "")
    return f"{request.method} {request.path}?{query}\n".encode() + request.get_data()


def _again(first: Any) -> Response:
    response = Response(first.body, first.status, mimetype="application/json")
    if first.location:
        response.headers["Location"] = first.location
    response.headers["Idempotent-Replayed"] = "true"
    return response
