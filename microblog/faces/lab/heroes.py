"""Exercise 9: a page made from a template, which escapes what it is given."""

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import pages


@public
def show(request: Request) -> Response:
    return pages.render(request, "heroes/show.html", name=request.query.get("name", ""))
