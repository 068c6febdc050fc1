"""Who comes in by the ballot: whoever sends a token, with or without the word Bearer."""

from datetime import timedelta
from typing import Any

from ...core.limits import Limit
from ...framework.jwts import BadJwt
from ...framework.request import Request
from ...framework.routing import Route
from .. import callers, jwts
from .refusals import BAD_TOKEN, Refused

# As on the web and with the API, and in the same books: whoever has used their times there has used them here.
LIMITS = {
    limit.name: limit
    for limit in (
        Limit("login", 20, timedelta(minutes=5)),
        Limit("register", 20, timedelta(hours=1)),
        Limit("vote", 60, timedelta(minutes=5)),
    )
}


def identify(request: Request) -> Any:
    """The person whose token is in the Authorization header, or None. Where strangers may come nobody is looked up: whoever
    guesses passwords is counted by their address whatever else they hold."""
    token = jwts.sent(request, bare=True)
    if token is None or request.route is None or request.route.is_public:
        return None
    return holder(request, token)


def holder(request: Request, token: str) -> Any:
    """The person whom a token lets in, or None. Its row says who that is; what it says of the address tells only its reader."""
    tokens = request.app.jwts["ballot"]
    try:
        claims = tokens.read(token)
        return tokens.holder(request.db, claims) if isinstance(claims.get("email"), str) else None
    except BadJwt:
        return None


def guard(request: Request, route: Route) -> None:
    """Strangers only where a path is public; nothing too often."""
    if request.user is None and not route.is_public:
        raise Refused(401, BAD_TOKEN)
    if not request.is_safe:
        callers.spend(request, LIMITS, route.limit)
