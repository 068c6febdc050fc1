"""How miniter says no: nothing but 401 to whom it does not know, the source's own words where it has some, else JSON."""

from ...core.refusals import Forbidden, Invalid, Refusal, Taken
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.text import BadInput
from ..verdicts import judge
from .answers import as_json
from .door import Unauthorized

UNCLEAR = Message("This request cannot be understood.")
STATUS_OF_REFUSAL = {Forbidden: 403, Taken: 409}  # all others: 400

# What the source calls members that have another name in the house. A username is none of its members: we have made it.
NAMES = {"display_name": "name", "about_me": "profile", "body": "tweet"}
OWN = ("username",)


class InItsWords(Exception):
    """A 400 for which the source has words of its own."""


def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that ran into something."""
    if isinstance(error, Unauthorized):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, InItsWords):
        return Response(str(error), 400)
    if isinstance(error, Refusal):
        return as_json({"error": _reasons(request, error)}, STATUS_OF_REFUSAL.get(type(error), 400))
    verdict = judge(request, error)
    message = verdict.message if verdict.status != 400 else Message(str(error)) if isinstance(error, BadInput) else UNCLEAR
    return as_json({"error": request.say(message)}, verdict.status, verdict.headers)


def _reasons(request: Request, refusal: Refusal) -> str:
    """What was wrong with which member, or why it cannot be."""
    if not isinstance(refusal, Invalid):
        return request.say(refusal.message)
    named = {NAMES.get(name, name): message for name, message in refusal.errors.items() if name not in OWN}
    return " ".join(f"{name}: {request.say(message)}" for name, message in named.items()) or request.say(refusal.message)
