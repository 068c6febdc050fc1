"""Whether anybody is there."""

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public


@public
def show(request: Request) -> Response:
    return Response("pong")
