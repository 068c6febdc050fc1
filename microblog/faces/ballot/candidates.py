"""The candidates: the choices of the instance's standing ballot, and how often each has been chosen."""

from msgspec import json

from ...core import ballots
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public


@public
def index(request: Request) -> Response:
    ballot = ballots.standing(request.db)
    counted = enumerate(zip(ballot.texts, ballot.counts, strict=True), start=1) if ballot else ()
    candidates = [{"name": name, "voteCount": votes, "id": number} for number, (name, votes) in counted]
    return Response(json.encode(candidates), mimetype="application/json")
