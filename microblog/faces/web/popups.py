"""What one sees of a person while the pointer rests on their name."""

from ...core import users
from ...framework.request import Request
from ...framework.response import Response
from . import pages


def show(request: Request, username: str) -> Response:
    """A piece of a page, without layout."""
    person = users.profile(request.db, username, reader_id=request.user.id)
    return pages.render(request, "popups/show.html", person=person)
