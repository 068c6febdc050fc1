"""Searching posts and people."""

from typing import Any

from ...core import posts, queries, search, users
from ...framework.pagination import Page
from ...framework.request import Request
from ...framework.text import integer
from . import collections, shapes
from .collections import Collection, paged_by
from .posts import shaped
from .users import in_public

MOST_PEOPLE = 50


@paged_by("page", "per_page")
def index(request: Request, *, q: str) -> Collection[shapes.Post]:
    """The posts that fit best, the best first. `q` may have words, `"phrases"`, `-without`, `from:somebody`, `lang:ko`, and
    `after:` or `before:` a day such as `2026-11-20`. Pages go by number."""
    size, number = collections.per_page(request), integer(request.query.get("page"), least=1) or 1
    engine = search.ENGINES[request.app.config.search]
    found = posts.found(request.db, engine, queries.parse(q), number=number, size=size)
    page = Page[Any](
        found.items,
        newer={"page": str(found.number - 1)} if found.number > 1 else None,
        older={"page": str(found.number + 1)} if found.has_more else None,
        number=found.number,
    )
    return collections.made(request, page, shaped(request, page.items), size)


@paged_by()
def show(request: Request, *, q: str) -> Collection[shapes.User]:
    """The people who fit best, at most fifty."""
    engine = search.ENGINES[request.app.config.search]
    people = users.profiles_found(request.db, engine, queries.parse(q), most=MOST_PEOPLE)
    return collections.whole(request, in_public(request, people))
