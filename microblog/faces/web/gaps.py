"""Gaps: what differs between two readers of the same piece of a page, filled in when the page is whole.

So a piece such as the bar can be drawn once for everybody. A gap is a name between two characters that no text from outside has.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from ...framework.request import Request

GAP = re.compile("\x1a([a-z][a-z0-9_]*)\x1a")

Fillings = dict[str, Callable[[], str | bytes]]


def gap(name: str) -> Markup:
    """The place of something, in a template."""
    return Markup(f"\x1a{name}\x1a")  # noqa: S704


def complete(page: str, fillings: Fillings) -> bytes:
    """The page in UTF-8 with its gaps filled, each occurrence anew. What has only the shape of a gap stays as it is."""
    parts: list[Any] = GAP.split(page)
    for place in range(1, len(parts), 2):
        fill = fillings.get(parts[place])
        parts[place] = fill() if fill else f"\x1a{parts[place]}\x1a"
    return b"".join([part if isinstance(part, bytes) else part.encode() for part in parts])


def of(request: Request, *, seen: Any = None, looked_for: str = "") -> Fillings:
    """What fills the gaps of a page for its reader. `seen` is what this very page has shown them of what was unread."""
    user, app = request.user, request.app

    token: list[str] = []

    def csrf_token() -> str:
        if not token:  # all forms of a page have the same
            token.append(app.forms.token(request.visit.binding))
        return token[0]

    def messages() -> int:
        return max(user.unread_message_count - (seen.messages if seen else 0), 0)

    def notifications() -> int:
        return max(user.unread_notification_count - (seen.lines if seen else 0), 0)

    return {
        "csrf_token": csrf_token,
        "here": lambda: str(escape(request.here)),
        "nonce": lambda: secrets.token_urlsafe(12),
        "own_profile": lambda: request.url_for("web.users.show", username=user.username),
        "looked_for": lambda: str(escape(looked_for)),
        "messages": lambda: str(messages()),
        "no_messages": lambda: "" if messages() else " none",
        "notifications": lambda: str(notifications()),
        "no_notifications": lambda: "" if notifications() else " none",
    }
