"""Gaps: what differs between two readers of the same piece of a page, filled in when the page is whole.

So a piece such as the bar can be drawn once for everybody. A gap is a name between two characters that no text from outside has.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from ...framework.request import Request

GAP = re.compile("\x1a([a-z_]+)\x1a")


def gap(name: str) -> Markup:
    """The place of something, in a template."""
    return Markup(f"\x1a{name}\x1a")  # noqa: S704


def complete(page: str, fillings: Mapping[str, Callable[[], str]]) -> str:
    """The page with its gaps filled, each occurrence anew. What has only the shape of a gap stays as it is."""
    return GAP.sub(lambda found: fillings[found[1]]() if found[1] in fillings else found[0], page)


def of(request: Request, *, seen: Any = None, looked_for: str = "") -> dict[str, Callable[[], str]]:
    """What fills the gaps of a page for its reader. `seen` is what this very page has shown them of what was unread."""
    user, app = request.user, request.app

    def messages() -> int:
        return max(user.unread_message_count - (seen.messages if seen else 0), 0)

    def notifications() -> int:
        return max(user.unread_notification_count - (seen.lines if seen else 0), 0)

    return {
        "csrf_token": cache(lambda: app.forms.token(request.visit.binding)),
        "nonce": lambda: secrets.token_urlsafe(12),
        "own_profile": lambda: request.url_for("web.users.show", username=user.username),
        "looked_for": lambda: str(escape(looked_for)),
        "messages": lambda: str(messages()),
        "no_messages": lambda: "" if messages() else " none",
        "notifications": lambda: str(notifications()),
        "no_notifications": lambda: "" if notifications() else " none",
    }
