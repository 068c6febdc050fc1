"""How the API says no: the reason, a sentence for a person, and what was wrong with which member."""

from msgspec import UNSET, Struct, UnsetType
from werkzeug.exceptions import BadRequest
from werkzeug.http import HTTP_STATUS_CODES

from ...core.refusals import Invalid, Refusal
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.text import BadInput
from ..verdicts import Verdict, judge
from .door import Unauthorized
from .typed import Misshapen, json_response


class Error(Struct):
    """What was not done, and why."""

    error: str
    message: str | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET


# What judging says to people with a browser, said to programs.
SENTENCES = {
    400: Message("This request cannot be understood."),
    404: Message("There is nothing at this address, or it is not there any more."),
    405: Message("This address does not take requests of that kind."),
    415: Message("Please send JSON, and say so: Content-Type: application/json."),
    503: Message("The site cannot reach its memory right now. Nothing is lost; please try again in a moment."),
}


def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that ran into something."""
    if isinstance(error, Unauthorized):
        challenge = f'{error.scheme} realm="Authentication Required"'
        return json_response(Error(_reason(401)), 401, **{"WWW-Authenticate": challenge})
    if isinstance(error, Misshapen):
        verdict = Verdict(error.status, error.message, errors=error.errors)
    else:
        verdict = judge(request, error)
        verdict = Verdict(verdict.status, _sentence(error, verdict), verdict.headers, verdict.errors)
    return said(request, verdict)


def said(request: Request, verdict: Verdict) -> Response:
    """A verdict in the API's words."""
    fields = {name: request.say(message) for name, message in verdict.errors.items()}
    refusal = Error(_reason(verdict.status), request.say(verdict.message), fields or UNSET)
    return json_response(refusal, verdict.status, **verdict.headers)


def _sentence(error: Exception, verdict: Verdict) -> Message:
    if isinstance(error, Invalid):  # a program has no form in which each sentence would stand beside its field
        return next(iter(error.errors.values()))
    if isinstance(error, Refusal):
        return verdict.message
    if isinstance(error, BadInput) and str(error):
        return Message(str(error))
    if isinstance(error, BadRequest) and error.description and error.description != BadRequest.description:
        return Message(error.description)
    return SENTENCES.get(verdict.status, verdict.message)


def _reason(status: int) -> str:
    return HTTP_STATUS_CODES.get(status, "Unknown")
