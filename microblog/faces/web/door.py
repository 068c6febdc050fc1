"""Who comes in by the web: the person behind a session cookie, and what is checked before a handler runs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ...core import sessions
from ...core.limits import Limit
from ...core.sessions import Together
from ...framework import csrf
from ...framework.request import Request
from ...framework.routing import Route
from .. import callers

# The allowances of the web, per person, or per address where nobody is logged in. A household shares an address.
LIMITS = {
    limit.name: limit
    for limit in (
        Limit("login", 20, timedelta(minutes=5)),
        Limit("register", 20, timedelta(hours=1)),
        Limit("reset", 5, timedelta(minutes=10)),
        Limit("password", 10, timedelta(minutes=10)),
        Limit("picture", 20, timedelta(hours=1)),
        Limit("post", 30, timedelta(minutes=5)),
        Limit("message", 30, timedelta(minutes=5)),
        Limit("vote", 60, timedelta(minutes=5)),
        Limit("translate", 60, timedelta(minutes=5)),
        Limit("write", 120, timedelta(minutes=1)),
    )
}


class ConfirmationRequired(Exception):
    """This page is for people who have just shown their password."""


class LoginRequired(Exception):
    """This page is for people who are logged in."""


def identify(request: Request) -> Any:
    """The person whose session the cookie holds, or None; notes their visit at most once a minute."""
    return _noted(request, _found(request, sessions.visitor))


def identify_before(request: Request, together: Together, **values: Any) -> Any:
    """The same, and in one query with it what the page is about, as `request.found`."""

    def look(db: Session, secret: str) -> Any:
        visitor, request.found = together.find(db, secret, **values)
        return visitor

    return _noted(request, _found(request, look))


def identify_listener(request: Request, since: float) -> Any:
    """The same for a page of theirs that asks for signals by itself, which is no visit: `signals` are with the person."""
    return _found(request, partial(sessions.listener, since=since))


def _noted(request: Request, visitor: Any) -> Any:
    if visitor and visitor.is_due:
        sessions.note_visit(request.db, request.visit.secret or "", visitor.id)
    return visitor


def _found(request: Request, look: Callable[[Session, str], Any]) -> Any:
    secret = request.visit.secret
    if secret is None:
        return None
    visitor = look(request.db, secret)
    if visitor is None:
        request.visit.end()
    return visitor


def guard(request: Request, route: Route) -> None:
    """Strangers only where a page is public; forms only from our own pages; nothing too often."""
    if request.user is None and not route.is_public:
        raise LoginRequired
    if route.path.sensitive and not request.user.is_confirmed:
        raise ConfirmationRequired
    if request.is_safe:
        return
    request.app.forms.check(
        fetch_site=request.headers.get("Sec-Fetch-Site"),
        origin=request.headers.get("Origin"),
        token=request.fields.get(csrf.FIELD),
        binding=request.visit.binding,
    )
    callers.spend(request, LIMITS, route.limit)
