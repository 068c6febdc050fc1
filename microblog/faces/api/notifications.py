"""What the caller is told: the list, one line of it, and marking it as read."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...core import notifications
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .users import author


def index(request: Request) -> Collection[shapes.Notification]:
    """What the caller is told, the newest first. Looking leaves it unread."""
    return collections.of(request, notifications.told, lambda rows: shaped(request, rows), user_id=request.user.id)


def show(request: Request, notification_id: int) -> shapes.Notification:
    """One line."""
    return next(iter(shaped(request, [notifications.one(request.db, request.user.id, notification_id)])))


def update(request: Request, notification_id: int | None = None) -> None:
    """Mark one line as read, or without an id all of them."""
    if notification_id is not None:
        notifications.one(request.db, request.user.id, notification_id)
    notifications.mark_read(request.db, request.user.id, notification_id=notification_id)


def shaped(request: Request, rows: Sequence[Any]) -> Iterable[shapes.Notification]:
    def post(row: Any) -> str | None:
        return str(row.subject_id) if row.kind in ("mention", "poll") and row.subject_id else None

    return [
        shapes.Notification(
            id=str(row.id),
            kind=row.kind,
            created_at=row.created_at,
            read_at=row.read_at,
            actor=author(request, row.actor_id, row) if row.actor_id else None,
            post_id=post(row),
            links=shapes.NotificationLinks(
                self_=request.url_for("api.notifications.show", notification_id=row.id),
                post=request.url_for("api.posts.show", post_id=row.subject_id) if post(row) else None,
            ),
        )
        for row in rows
    ]
