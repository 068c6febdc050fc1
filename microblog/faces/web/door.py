"""Who comes in by the web: the person behind a session cookie, and what is checked before a handler runs."""

import ipaddress
from datetime import timedelta
from typing import Any

from ...core import limits, sessions
from ...core.limits import Limit
from ...framework import csrf
from ...framework.request import Request
from ...framework.routing import Route
from ..verdicts import TooOften

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
        Limit("translate", 60, timedelta(minutes=5)),
        Limit("write", 120, timedelta(minutes=1)),
    )
}


class LoginRequired(Exception):
    """This page is for people who are logged in."""


def identify(request: Request) -> Any:
    """The person whose session the cookie holds, or None; notes their visit at most once a minute, and never a poll."""
    secret = request.visit.secret
    if secret is None:
        return None
    visitor = sessions.visitor(request.db, secret)
    if visitor is None:
        request.visit.end()
    elif visitor.is_due and not _is_unnoticed(request):
        sessions.note_visit(request.db, secret, visitor.id)
    return visitor


def _is_unnoticed(request: Request) -> bool:
    unnoticed = request.route.path.unnoticed if request.route else None
    return unnoticed is not None and unnoticed(request)


def guard(request: Request, route: Route) -> None:
    """Strangers only where a page is public; forms only from our own pages; nothing too often."""
    if request.user is None and not route.is_public:
        raise LoginRequired
    if request.is_safe:
        return
    request.app.forms.check(
        fetch_site=request.headers.get("Sec-Fetch-Site"),
        origin=request.headers.get("Origin"),
        token=request.fields.get(csrf.FIELD),
        binding=request.visit.binding,
    )
    if request.app.config.rate_limits:
        seconds = limits.spend(request.db, LIMITS[route.limit], _caller(request))
        if seconds:
            raise TooOften(seconds)


def _caller(request: Request) -> str:
    return f"user {request.user.id}" if request.user else f"address {_network(request.remote_addr or '')}"


def _network(address: str) -> str:
    """The address, or for IPv6 the network of 64 bits that one household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address
