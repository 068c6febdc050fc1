"""Signals: what has changed for the caller since a moment, for programs that ask again and again."""

from ...core import notifications
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection, paged_by


@paged_by()
def index(request: Request, *, since: float = 0.0) -> Collection[shapes.Signal]:
    """What has changed for the caller after `since`, the oldest first. Each thing is there once, in its newest state: counts of
    what is unread, and how far tasks are."""
    found = notifications.signals(request.db, request.user.id, since)
    return collections.whole(request, [shapes.Signal(each["name"], each["data"], each["timestamp"]) for each in found])
