"""Home: a form to say something, and what the people one follows have said."""

from collections.abc import Sequence
from typing import NamedTuple

from ...core import polls, timelines
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from . import pages

# How long a poll may be open: seconds, and how people say it.
LASTING = (
    ("300", Message("%(num)d minute", "%(num)d minutes", 5, num=5)),
    ("1800", Message("%(num)d minute", "%(num)d minutes", 30, num=30)),
    ("3600", Message("%(num)d hour", "%(num)d hours", 1, num=1)),
    ("21600", Message("%(num)d hour", "%(num)d hours", 6, num=6)),
    ("86400", Message("%(num)d day", "%(num)d days", 1, num=1)),
    ("259200", Message("%(num)d day", "%(num)d days", 3, num=3)),
    ("604800", Message("%(num)d day", "%(num)d days", 7, num=7)),
)
USUAL = "86400"
BLANK = Form({"lasts": USUAL})


class Asking(NamedTuple):
    """What a poll may have."""

    most_choices: int = polls.MOST_CHOICES
    longest_choice: int = polls.LONGEST_CHOICE
    lasting: Sequence[tuple[str, Message]] = LASTING


ASKING = Asking()


def index(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    page = timelines.followed.page(request.db, request.cursor, request.app.config.posts_per_page, reader_id=request.user.id)
    return pages.render(
        request,
        "home/index.html",
        status=status,
        page=page,
        polls=polls.of_posts(request.db, page.items, request.user.id),
        form=form or BLANK,
        blank=BLANK,
        asking=ASKING,
    )
