"""Signals: what has changed for the caller since a moment, for programs that ask again and again."""

from ...core import notifications
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection


def index(request: Request, *, since: float = 0.0) -> Collection[shapes.Signal]:
    """The newest state of each thing that has changed after `since` (Unix time), the oldest first: counts of what is unread, and
    how far tasks are."""
    found = notifications.signals(request.db, request.user.id, since)
    return collections.whole(request, [shapes.Signal(each["name"], each["data"], each["timestamp"]) for each in found])
