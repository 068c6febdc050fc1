"""Conversations: with whom the caller writes, and what has been written."""

from ...core import messages
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .messages import shaped
from .users import author


def index(request: Request) -> Collection[shapes.Conversation]:
    """The caller's conversations, the one with the newest message first."""

    def conversations(rows: collections.Rows) -> list[shapes.Conversation]:
        return [
            shapes.Conversation(
                user=author(request, row.other_id, row),
                unread_count=row.unread_count,
                last_message=shapes.LastMessage(str(row.id), row.body, row.created_at, row.sender_id),
                links=shapes.Self(request.url_for("api.conversations.show", user_id=row.other_id)),
            )
            for row in rows
        ]

    return collections.of(request, messages.conversations, conversations, user_id=request.user.id)


def show(request: Request, user_id: int) -> Collection[shapes.Message]:
    """What the caller and another person have written to each other, the newest first. Looking leaves it unread. Oneself is a
    409."""
    messages.partner_by_id(request.db, request.user.id, user_id)
    low, high = sorted((request.user.id, user_id))
    return collections.of(request, messages.between, lambda rows: shaped(request, rows), low=low, high=high)


def update(request: Request, user_id: int) -> None:
    """Mark what the other person has written as read. Oneself is a 409."""
    messages.partner_by_id(request.db, request.user.id, user_id)
    messages.mark_conversation_read(request.db, request.user.id, user_id)
