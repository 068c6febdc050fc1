"""Tokens, for whoever shows a password."""

from ...core.refusals import NotFound
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from .. import callers
from . import credentials
from .answers import as_json
from .refusals import Unauthorized


@public
def create(request: Request) -> Response:
    shown = credentials.sent(request)
    try:
        user_id = callers.log_in(request, shown.login, shown.password)
    except NotFound as refusal:
        raise Unauthorized from refusal
    return as_json({"token": request.app.token_creator.create(request.db, user_id)})
