"""Conversations: all that one has, and one of them with both sides and a place to answer."""

from ...core import messages
from ...framework.forms import Form
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages
from .messages import send

REPLY = "reply"  # where on the page one answers, below the newest message


def index(request: Request) -> Response:
    page = messages.conversations.page(request.db, request.cursor, request.app.config.posts_per_page, user_id=request.user.id)
    return pages.render(request, "conversations/index.html", page=page)


def show(request: Request, username: str, *, form: Form | None = None, status: int = 200) -> Response:
    """Both sides, the newest at the end; what the other has written is read from now on."""
    me = request.user.id
    person = messages.partner(request.db, me, username)
    seen = messages.mark_conversation_read(request.db, me, person.id)
    low, high = sorted((me, person.id))
    page = messages.between.page(request.db, request.cursor, request.app.config.posts_per_page, low=low, high=high)
    new = seen.new_among(page.items) if page.newer is None else set()
    return pages.render(
        request, "conversations/show.html", status=status, person=person, page=page, new=new, seen=seen, form=form or Form()
    )


def create(request: Request, username: str) -> Response:
    """Answer in place."""
    form = send(request, username)
    if form.errors:
        return show(request, username, form=form, status=422)
    return redirect(f"{request.url_for('web.conversations.show', username=username)}#{REPLY}")
