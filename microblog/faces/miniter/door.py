"""Who comes in by miniter: whoever sends a token, with or without the word Bearer."""

from datetime import timedelta
from typing import Any

from ...core.limits import Limit
from ...framework.jwts import BadJwt
from ...framework.request import Request
from ...framework.routing import Route
from .. import callers, jwts

# As on the web, and in the same books: whoever has used their times there has used them here.
LIMITS = {
    limit.name: limit
    for limit in (
        Limit("login", 20, timedelta(minutes=5)),
        Limit("register", 20, timedelta(hours=1)),
        Limit("post", 30, timedelta(minutes=5)),
        Limit("write", 120, timedelta(minutes=1)),
    )
}


class Unauthorized(Exception):
    """Nobody we know has sent this."""


def identify(request: Request) -> Any:
    """The person whose token was sent, or None. Where strangers may come nobody is looked up: as in the source a token says
    nothing there, and whoever guesses passwords is counted by their address whatever else they hold."""
    token = jwts.sent(request, bare=True)
    if token is None or request.route is None or request.route.is_public:
        return None
    try:
        claims = request.app.jwts["miniter"].read(token)
        holder = request.app.jwts["miniter"].holder(request.db, claims)
    except BadJwt:
        return None
    user_id = claims.get("user_id")
    return holder if type(user_id) is int and user_id == holder.id else None  # not isinstance: true is no number


def guard(request: Request, route: Route) -> None:
    """Strangers only where a path is public; nothing too often."""
    if request.user is None and not route.is_public:
        raise Unauthorized
    if not request.is_safe:
        callers.spend(request, LIMITS, route.limit)
