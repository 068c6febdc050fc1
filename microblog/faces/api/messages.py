"""Messages: those the caller has received, one of them, writing one."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...core import messages, users
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .typed import Created
from .users import author


def index(request: Request) -> Collection[shapes.Message]:
    """What the caller has received, the newest first. Looking leaves it unread."""
    return collections.of(request, messages.received, lambda rows: shaped(request, rows), user_id=request.user.id)


def show(request: Request, message_id: int) -> shapes.Message:
    """One message that the caller has sent or received."""
    return _one(request, message_id)


def create(request: Request, body: shapes.NewMessage) -> Created[shapes.Message]:
    """Write to somebody. Nobody of that number is a 404, oneself a 409."""
    recipient = users.name(request.db, body.recipient_id)
    longest = request.app.config.post_length
    message = _one(request, messages.send(request.db, request.user.id, recipient, body.body, longest=longest))
    return Created(message, message.links.self_)


def _one(request: Request, message_id: int) -> shapes.Message:
    return next(iter(shaped(request, [messages.one(request.db, request.user.id, message_id)])))


def shaped(request: Request, rows: Sequence[Any]) -> Iterable[shapes.Message]:
    link = request.url_for
    me = request.user.id
    return [
        shapes.Message(
            id=str(row.id),
            body=row.body,
            created_at=row.created_at,
            sender=author(request, row.sender_id, row),
            recipient_id=row.recipient_id,
            links=shapes.MessageLinks(
                self_=link("api.messages.show", message_id=row.id),
                conversation=link("api.conversations.show", user_id=row.recipient_id if row.sender_id == me else row.sender_id),
            ),
        )
        for row in rows
    ]
