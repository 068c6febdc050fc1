"""Those whom somebody reads."""

from ...core import users
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .users import in_public


def index(request: Request, user_id: int) -> Collection[shapes.User]:
    """Everybody whom a person follows."""
    total = users.profile_by_id(request.db, user_id, reader_id=request.user.id).followed_count
    return collections.of(request, users.followed, lambda rows: in_public(request, rows), total=total, user_id=user_id)
