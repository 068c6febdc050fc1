"""Explore: what everybody has said."""

from ...core import polls, timelines
from ...framework.request import Request
from ...framework.response import Response
from . import pages


def index(request: Request) -> Response:
    page = timelines.everybody.page(request.db, request.cursor, request.app.config.posts_per_page)
    return pages.render(request, "explore/index.html", page=page, polls=polls.of_posts(request.db, page.items, request.user.id))
