"""Who comes in by the token handler: whoever sends a token and says whose it is."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from werkzeug.exceptions import BadRequest

from ...core.limits import Limit
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import Route
from ...framework.text import LARGEST_INTEGER, integer
from .. import callers
from .creator import Bearer
from .refusals import NotPermitted

# As on the web and with the API, and in the same books: whoever has used their times there has used them here.
LIMITS = {limit.name: limit for limit in (Limit("login", 20, timedelta(minutes=5)),)}


def identify(request: Request) -> Bearer | None:
    """Whoever has sent the two headers; None where strangers may come. All else is refused here, for what is wrong with a token
    decides how."""
    if request.route is None or request.route.is_public:
        return None
    words, uid = request.headers.get("Authorization", "").split(), integer(request.headers.get("uid"), least=-LARGEST_INTEGER)
    if len(words) != 2 or uid is None:
        raise BadRequest
    bearer = request.app.token_creator.decode_token(request.db, words[1])
    if bearer.id != uid:
        raise NotPermitted
    return bearer


def guard(request: Request, route: Route) -> None:
    """Nothing too often. That strangers get no further than to a public path `identify` has seen to."""
    if not request.is_safe:
        callers.spend(request, LIMITS, route.limit)


def authenticated(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Give a handler the token that its caller goes on with, before the request."""

    @wraps(handler)
    def with_next_token(request: Request, **arguments: Any) -> Response:
        return handler(request.app.token_creator.refresh(request.db, request.user), request, **arguments)

    return with_next_token
