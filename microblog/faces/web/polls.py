"""Polls: a page for each. One that a post asks is shown where the post is."""

from ...core import polls
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages


def show(request: Request, poll_id: int) -> Response:
    poll = polls.one(request.db, poll_id, reader_id=request.user.id)
    if poll.post_id is not None:
        return redirect(request.url_for("web.posts.show", post_id=poll.post_id), 302)
    return pages.render(request, "polls/show.html", poll=poll)
