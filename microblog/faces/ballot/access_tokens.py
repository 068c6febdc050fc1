"""Tokens: one for an e-mail address and its password, and whether one is good."""

from ...core import credentials
from ...core.refusals import NotFound
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from .. import callers
from ..jwts import sent
from . import bodies
from .door import holder
from .refusals import BAD_TOKEN, MISMATCH, NO_TOKEN, Refused

GOOD = "유효한 토큰입니다"


@public
def create(request: Request) -> Response:
    email, password = bodies.strings(request, "email", "password")
    if "@" not in email:  # it may be a username, by which nobody comes in here
        raise Refused(404, MISMATCH)
    try:
        user_id = callers.log_in(request, email, password)
    except NotFound as refusal:
        raise Refused(404, MISMATCH) from refusal
    email = credentials.addressee(request.db, user_id).email
    return Response(request.app.jwts["ballot"].create(request.db, user_id, email=email))


@public
def show(request: Request) -> Response:
    """Whether a token is good: the one in the header, else the one in the query, which is more easily seen by others."""
    token = sent(request, bare=True) or request.query.get("token")
    if not token:
        raise Refused(400, NO_TOKEN)
    if holder(request, token) is None:
        raise Refused(401, BAD_TOKEN)
    return Response(GOOD)
