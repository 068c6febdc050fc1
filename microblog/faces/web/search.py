"""The search page: what is found of what everybody says, and of who they are."""

from ...core import polls, posts, queries, search, users
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import integer
from . import pages

MOST_PEOPLE = 6  # on the first page, above the posts


def index(request: Request) -> Response:
    q = request.query.get("q", "").strip()
    if not q:
        return redirect(request.url_for("web.explore.index"), 302)
    wanted, engine = queries.parse(q), search.ENGINES[request.app.config.search]
    number = integer(request.query.get("page"), least=1) or 1
    found = posts.found(request.db, engine, wanted, number=number, size=request.app.config.posts_per_page)
    people = users.found(request.db, engine, wanted, most=MOST_PEOPLE) if found.number == 1 else []
    return pages.render(
        request,
        "search/index.html",
        q=q,
        wanted=wanted,
        found=found,
        polls=polls.of_posts(request.db, found.items, request.user.id),
        people=people,
    )
