"""Who comes in by the API: the holder of a token, or of a password where tokens are made; never a cookie."""

from datetime import timedelta
from typing import Any

from ...core import access_tokens, users
from ...core.limits import Limit
from ...core.refusals import NotFound
from ...framework.request import Request
from ...framework.routing import Handler, Route
from ...framework.text import BadInput, clean
from .. import callers

# As on the web, and in the same books: whoever has used their times there has used them here.
LIMITS = {
    limit.name: limit
    for limit in (
        Limit("login", 20, timedelta(minutes=5)),
        Limit("register", 20, timedelta(hours=1)),
        Limit("post", 30, timedelta(minutes=5)),
        Limit("vote", 60, timedelta(minutes=5)),
        Limit("message", 30, timedelta(minutes=5)),
        Limit("write", 120, timedelta(minutes=1)),
    )
}


class Unauthorized(Exception):
    """Nobody we know has sent this; `scheme` is the way to say who one is."""

    def __init__(self, scheme: str) -> None:
        super().__init__(scheme)
        self.scheme = scheme


def by_password(handler: Handler) -> Handler:
    """Let somebody in by username and password (HTTP Basic), and by nothing else."""
    handler.is_by_password = True  # type: ignore[attr-defined]
    return handler


def identify(request: Request) -> Any:
    """The person behind the token in the Authorization header, or None; notes their visit at most once a minute."""
    if request.route is None or _scheme(request.route) == "Basic":
        return None  # a password is looked at only after the caller's times have been counted
    authorization = request.authorization
    token = authorization.token if authorization and authorization.type == "bearer" else None
    holder = access_tokens.holder(request.db, token) if token else None
    if holder and holder.is_due:
        access_tokens.note_use(request.db, holder.token_id, holder.id)
    return holder


def guard(request: Request, route: Route) -> None:
    """Strangers only where a path is public; nothing too often."""
    scheme = _scheme(route)
    if request.user is None and not route.is_public and scheme == "Bearer":
        raise Unauthorized(scheme)
    if not request.is_safe:
        callers.spend(request, LIMITS, route.limit)
    if scheme == "Basic":
        request.user = _by_password(request)


def _by_password(request: Request) -> Any:
    authorization = request.authorization
    if authorization is None or authorization.type != "basic":
        raise Unauthorized("Basic")
    try:
        login, password = clean(authorization.username or ""), clean(authorization.password or "")
        user_id = callers.log_in(request, login, password)
        return users.profile_by_id(request.db, user_id, reader_id=user_id)
    except (BadInput, NotFound) as refusal:
        raise Unauthorized("Basic") from refusal


def _scheme(route: Route) -> str:
    return "Basic" if getattr(route.handler, "is_by_password", False) else "Bearer"
