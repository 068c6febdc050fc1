"""Voting in a poll, once."""

from ...core import votes
from ...core.refusals import Conflict, Forbidden, Invalid
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.text import integer
from . import pages


def create(request: Request, poll_id: int) -> Response:
    """Choose what the form says. One goes back to the poll, which shows its results then; or to the top of the page, which says
    why it could not be done."""
    chosen = [integer(value) or 0 for name, value in request.fields.items() if name.startswith("choice")]
    poll = request.url_for("web.polls.show", poll_id=poll_id)
    try:
        votes.cast(request.db, request.user.id, poll_id, chosen)
    except (Conflict, Forbidden, Invalid) as refusal:
        reason = refusal.errors["choices"] if isinstance(refusal, Invalid) else refusal.message
        request.visit.flash(request.say(reason), "error")
        return pages.back_or(request, poll)
    request.visit.flash(request.say(Message("Thank you, your vote counts.")))
    return pages.back_or(request, poll, place=f"poll{poll_id}")
