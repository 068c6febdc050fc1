"""The laboratory's own page: what each exercise shows, and buttons to try it."""

from urllib.parse import unquote

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import pages


@public
def index(request: Request) -> Response:
    """Addresses are shown as people read them, for in a link 안녕 is %EC%95%88%EB%85%95."""
    return pages.render(request, "exercises/index.html", readable=unquote)
