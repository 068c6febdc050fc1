"""What a person and those they follow have said, newest first. The pages beside one stand in the header Link (RFC 8288), for the
body is as the source has it."""

from werkzeug.exceptions import NotFound

from ...core import timelines
from ...framework.pagination import Page
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from .answers import as_json
from .bodies import NUMBER, number
from .people import known

PER_PAGE = 100


def index(request: Request) -> Response:
    """One's own."""
    return _page(request, request.user.id)


@public
def show(request: Request, user_id: str) -> Response:
    """Anybody's. Digits that are nobody's number are a 400, as in the source; what is no number is no address."""
    if user_id.startswith("-") or not NUMBER.fullmatch(user_id):
        raise NotFound
    return _page(request, known(request, number(user_id)))


def _page(request: Request, user_id: int) -> Response:
    page = timelines.followed.page(request.db, request.cursor, PER_PAGE, reader_id=user_id)
    said = [{"user_id": post.author_id, "tweet": post.body, "timeline": post.body} for post in page.items]
    return as_json({"user_id": user_id, "timeline": said}, headers=_links(request, page))


def _links(request: Request, page: Page) -> dict[str, str]:
    assert request.route is not None
    beside = (("next", page.older), ("prev", page.newer))
    links = [
        f'<{request.url_for(str(request.route.endpoint), **request.arguments, **query)}>; rel="{relation}"'
        for relation, query in beside
        if query is not None
    ]
    return {"Link": ", ".join(links)} if links else {}
