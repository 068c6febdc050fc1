"""Those whom somebody reads."""

from ...core import users
from ...framework.request import Request
from . import shapes
from .collections import Collection
from .users import around


def index(request: Request, user_id: int) -> Collection[shapes.User]:
    """Everybody whom a person follows."""
    return around(request, users.followed, user_id, "followed_count")
