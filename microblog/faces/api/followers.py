"""Those who read somebody."""

from ...core import users
from ...framework.request import Request
from . import shapes
from .collections import Collection
from .users import around


def index(request: Request, user_id: int) -> Collection[shapes.User]:
    """Everybody who follows a person."""
    return around(request, users.followers, user_id, "follower_count")
