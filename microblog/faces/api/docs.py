"""The API's description for people: one page, without scripts, from our own address."""

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import openapi


@public
def show(request: Request) -> Response:
    """All that the OpenAPI document says, to be read."""
    described = openapi.document(request.app.urls)
    return Response(request.app.templates.render(request.language, "docs/show.html", {"api": described}))
