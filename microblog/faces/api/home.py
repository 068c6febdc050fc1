"""The caller's own timeline."""

from ...core import timelines
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .posts import shaped


def index(request: Request) -> Collection[shapes.Post]:
    """What the caller and those whom they follow say, the newest first."""
    return collections.of(request, timelines.followed, lambda rows: shaped(request, rows), reader_id=request.user.id)
