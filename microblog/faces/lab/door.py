"""Who comes into the laboratory: anybody. Only what is stored is counted."""

from datetime import timedelta

from ...core.limits import Limit
from ...framework.request import Request
from ...framework.routing import Route
from .. import callers

# Enough for hundreds who press at once from one address, as the exercise is to try that.
LIMITS = {limit.name: limit for limit in (Limit("count", 6_000, timedelta(minutes=1)),)}


def identify(request: Request) -> None:
    """Nobody needs to say who they are."""


def guard(request: Request, route: Route) -> None:
    """Whoever counts spends an allowance, also with GET; the other exercises touch no database, and so cost none."""
    if route.path.limit:
        callers.spend(request, LIMITS, route.path.limit)
