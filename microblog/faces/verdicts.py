"""What an exception means in HTTP, found out once for all faces before each puts it into its own words."""

import logging
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ..core.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, Taken
from ..framework.faults import Fault, fault_of
from ..framework.languages import Message
from ..framework.request import Request
from ..framework.text import BadInput

log = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds until a database that is away is worth asking again

STATUS_OF_REFUSAL = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Taken: 409}
STATUS_OF_FAULT = {Fault.AWAY: 503, Fault.SLOW: 503, Fault.COLLISION: 503, Fault.TAKEN: 409, Fault.UNFIT: 400}

SENTENCES = {
    400: Message("Your browser sent something that cannot be understood."),
    403: Message("You may not do that."),
    404: Message("There is no page at this address, or it is not there any more."),
    405: Message("This address does not take requests of that kind."),
    409: Message("Somebody else was quicker. Please look at the page again."),
    413: Message("That is too large."),
    415: Message("This kind of content is not understood here."),
    421: Message("This server does not speak for that host."),
    429: Message("That was a little too often. Please wait a moment and try again."),
    500: Message("The administrator has been notified. Sorry for the inconvenience!"),
    503: Message("The site cannot reach its memory right now. Nothing is lost; please try again in a moment."),
}


class TooOften(Exception):
    """An allowance is used up; `seconds` until the next time would be granted."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s to wait")
        self.seconds = seconds


@dataclass(frozen=True)
class Verdict:
    """A status, a sentence for the person, the headers that belong to it, and what was wrong with which member."""

    status: int
    message: Message
    headers: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)


def judge(request: Request, error: Exception) -> Verdict:
    """The verdict on whatever a request has run into. What nobody foresaw is logged with its trace."""
    if isinstance(error, Refusal):
        return Verdict(STATUS_OF_REFUSAL[type(error)], error.message, errors=getattr(error, "errors", {}))
    if isinstance(error, BadInput):
        return Verdict(400, SENTENCES[400])
    if isinstance(error, TooOften):
        return Verdict(429, SENTENCES[429], {"Retry-After": str(int(error.seconds) + 1)})
    if isinstance(error, HTTPException) and error.code:
        return _of_http(error, error.code)
    if fault := fault_of(error):
        status = STATUS_OF_FAULT[fault]
        log.warning(
            "%s: %s", fault.value, type(error).__name__, exc_info=error if status != 503 else None, extra=context(request, status)
        )
        return Verdict(status, SENTENCES[status], {"Retry-After": str(RETRY_AFTER)} if status == 503 else {})
    log.error("%s %s", request.method, request.shown_path, exc_info=error, extra=context(request, 500))
    return Verdict(500, SENTENCES[500])


def _of_http(error: HTTPException, code: int) -> Verdict:
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted({*error.valid_methods, "OPTIONS"}))
    return Verdict(code, SENTENCES.get(code, SENTENCES[400]), headers)


def context(request: Request, status: int) -> dict[str, Any]:
    """What a log line says about the request it belongs to."""
    return {
        "request_id": request.id,
        "user_id": getattr(request.user, "id", None),
        "method": request.method,
        "path": request.shown_path,
        "status": status,
    }
