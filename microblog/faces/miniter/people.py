"""People who are meant by a number."""

from ...core import users
from ...core.refusals import NotFound
from ...framework.request import Request
from .refusals import InItsWords

UNKNOWN = "그런 사용자 없습니다"


def known(request: Request, user_id: int) -> int:
    """The number, if it is somebody's."""
    try:
        users.name(request.db, user_id)
    except NotFound as refusal:
        raise InItsWords(UNKNOWN) from refusal
    return user_id
