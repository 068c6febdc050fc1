"""Who comes in here, and what is checked before a handler runs."""

from typing import Any

from ...framework.request import Request
from ...framework.routing import Route


def identify(request: Request) -> Any:
    return None


def guard(request: Request, route: Route) -> None:
    pass
