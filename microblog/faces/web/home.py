"""Home: a form to say something, and what the people one follows have said."""

from ...core import timelines
from ...framework.forms import Form
from ...framework.request import Request
from ...framework.response import Response
from . import pages


def index(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    page = timelines.followed.page(request.db, request.cursor, request.app.config.posts_per_page, reader_id=request.user.id)
    return pages.render(request, "home/index.html", status=status, page=page, form=form or Form())
