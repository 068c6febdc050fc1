"""How this face says no."""

from ...framework.request import Request
from ...framework.response import Response, plain
from ..verdicts import judge


def refuse(request: Request, error: Exception) -> Response:
    verdict = judge(request, error)
    return plain(request.say(verdict.message), verdict.status, **verdict.headers)
