"""Voting: one candidate, and once."""

from ...core import ballots, votes
from ...framework.request import Request
from ...framework.response import Response
from ...framework.text import LARGEST_INTEGER, integer
from .refusals import BAD_ID, NO_CANDIDATE, NO_ID, Refused


def create(request: Request) -> Response:
    number, ballot = _chosen(request), ballots.standing(request.db)
    if ballot is None or not 1 <= number <= len(ballot.texts):
        raise Refused(404, NO_CANDIDATE)
    votes.cast(request.db, request.user.id, ballot.id, [number])
    return Response()


def _chosen(request: Request) -> int:
    """The number in the query, whether or not anybody has it."""
    chosen = request.query.get("id")
    if not chosen:
        raise Refused(400, NO_ID)
    number = integer(chosen, least=-LARGEST_INTEGER)
    if number is None:
        raise Refused(400, BAD_ID)
    return number
