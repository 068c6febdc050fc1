"""Exercises 11 and 12: WSGI without anything around it, a callable that is given the environ and start_response.

The callables here are whole applications of their own. They do without the framework's request, so that one sees what it is for.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, cast

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from ...framework.text import BadInput, integer, load_json

log = logging.getLogger(__name__)

MOST = 65_536  # bytes of a body

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def wsgi1(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Says hello, and writes into the log what it was asked: the path without the mount, and the mount apart from it."""
    log.info("%(REQUEST_METHOD)s %(PATH_INFO)s below %(SCRIPT_NAME)s", environ)
    return _answer(start_response, "200 OK", "text/html; charset=utf-8", "Hello World wsgi1")


def wsgi2(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Says hello to the `name` of the JSON document that it is sent; as plain text, since a name may have < in it."""
    kind = "text/plain; charset=utf-8"
    raw = _body(environ)
    if len(raw) > MOST:
        return _answer(start_response, "413 Content Too Large", kind, f"At most {MOST} bytes, please.")
    try:
        return _answer(start_response, "200 OK", kind, f"Hello World {_name(raw)}")
    except BadInput as error:
        return _answer(start_response, "400 Bad Request", kind, str(error))


def _answer(start_response: StartResponse, status: str, kind: str, text: str) -> Iterable[bytes]:
    """First the status and the headers, whose values are text, then the body, which is bytes."""
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _body(environ: Environ) -> bytes:
    """What was sent, or its beginning if it is more than allowed. Whoever reads on after the end may wait for ever: it is where
    Content-Length says, or where the stream itself ends if the server promises that."""
    length = integer(environ.get("CONTENT_LENGTH"))
    if length is None:
        length = MOST + 1 if environ.get("wsgi.input_terminated") else 0
    return environ["wsgi.input"].read(min(length, MOST + 1))


def _name(raw: bytes) -> str:
    """The name in a JSON document; BadInput if there is none."""
    if not raw:
        raise BadInput('Please send a JSON document such as {"name": "JongHyun"}.')
    members = load_json(raw, most=MOST)
    if not isinstance(members, dict) or not isinstance(members.get("name"), str):
        raise BadInput("The body must be a JSON object with a name in it.")
    return members["name"]


@public
def show(request: Request) -> Response:
    return cast(Response, Response.from_app(wsgi1, request.environ))


@public
def create(request: Request) -> Response:
    return cast(Response, Response.from_app(wsgi2, request.environ))
