"""Those who read somebody."""

from ...core import users
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .users import in_public


def index(request: Request, user_id: int) -> Collection[shapes.User]:
    """Everybody who follows a person."""
    total = users.profile_by_id(request.db, user_id, reader_id=request.user.id).follower_count
    return collections.of(request, users.followers, lambda rows: in_public(request, rows), total=total, user_id=user_id)
