"""Voting."""

from ...core import polls, votes
from ...core.refusals import Forbidden
from ...framework.request import Request
from . import shapes
from .polls import shaped
from .typed import Created, first


def _while_open(request: Request, poll_id: int) -> None:
    if polls.one(request.db, poll_id, reader_id=request.user.id).is_closed:
        raise Forbidden(votes.CLOSED)


@first(_while_open)
def create(request: Request, poll_id: int, body: shapes.NewVote) -> Created[shapes.Poll]:
    """Vote, once. A second vote is a 409, a closed poll a 403. Gives the poll with its results."""
    votes.cast(request.db, request.user.id, poll_id, body.choices)
    poll = shaped(request, polls.one(request.db, poll_id, reader_id=request.user.id))
    return Created(poll, poll.links.self_)
