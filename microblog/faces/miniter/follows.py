"""Following and unfollowing, by numbers. Who does it is whoever the token says."""

from ...core import follows
from ...framework.request import Request
from ...framework.response import Response
from .bodies import person
from .people import known


def create(request: Request) -> Response:
    followed_id = known(request, person(request, "follow", "id_follow"))
    follows.follow_by_id(request.db, request.user.id, followed_id)
    return Response()


def delete(request: Request) -> Response:
    followed_id = known(request, person(request, "unfollow", "follow", "id_follow"))
    follows.unfollow_by_id(request.db, request.user.id, followed_id)
    return Response()
