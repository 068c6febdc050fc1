"""What a person is told: a list for their eyes, and signals for pages that are open."""

from typing import Any

from ...core import notifications
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import decimal
from . import door, pages
from .refusals import wants_json


def is_poll(request: Request) -> bool:
    """Whether a page or a program asks for signals, and not a person for the list."""
    if "since" in request.query:
        return True
    return "text/html" not in [kind for kind, _ in request.accept_mimetypes] or wants_json(request)


def identify(request: Request) -> Any:
    """Who asks; whoever asks for signals gets them with that."""
    if request.is_safe and is_poll(request):
        return door.identify_listener(request, decimal(request.query.get("since")) or 0.0)
    return door.identify(request)


def index(request: Request) -> Response:
    if is_poll(request):
        response = Response(request.user.signals, mimetype="application/json")
    else:
        page = notifications.told.page(request.db, request.cursor, request.app.config.posts_per_page, user_id=request.user.id)
        response = pages.render(request, "notifications/index.html", page=page)
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def show(request: Request, notification_id: int) -> Response:
    """On to what a line is about; the line is read then."""
    line = notifications.open_one(request.db, request.user.id, notification_id)
    if line.kind in ("mention", "poll"):
        return redirect(request.url_for("web.posts.show", post_id=line.subject_id), 302)
    if line.kind == "message":
        return redirect(request.url_for("web.conversations.show", username=line.username), 302)
    if line.task_id:
        return redirect(request.url_for("web.exports.show", task_id=line.task_id), 302)
    return redirect(request.url_for("web.users.show", username=line.username or request.user.username), 302)


def update(request: Request) -> Response:
    """Mark all as read."""
    notifications.mark_read(request.db, request.user.id)
    return redirect(request.url_for("web.notifications.index"))
