"""Logging in: a token for an e-mail address and a password."""

from ...core.refusals import NotFound
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from .. import callers
from .answers import as_json
from .bodies import strings
from .door import Unauthorized


@public
def create(request: Request) -> Response:
    email, password = strings(request, "email", "password")
    if "@" not in email:  # it may be a username, by which nobody comes in here
        raise Unauthorized
    try:
        user_id = callers.log_in(request, email, password)
    except NotFound as refusal:
        raise Unauthorized from refusal
    return as_json({"access_token": request.app.jwts["miniter"].create(request.db, user_id, user_id=user_id)})
