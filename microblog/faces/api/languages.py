"""The languages in which people can read this site."""

from ...framework.request import Request
from ...framework.routing import public
from . import collections, shapes
from .collections import Collection, paged_by


@public
@paged_by()
def index(request: Request) -> Collection[shapes.Language]:
    """All languages of the site, the default first."""
    known = request.app.languages
    return collections.whole(
        request, [shapes.Language(each.code, each.own_name, each is known.default) for each in known.known.values()]
    )
