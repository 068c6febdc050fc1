"""People's pictures."""

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import identicons


@public
def show(request: Request, user_id: int) -> Response:
    """The picture the server draws for a person; the same for good, so nobody asks twice."""
    return Response(identicons.draw(f"user {user_id}"), mimetype="image/svg+xml")
