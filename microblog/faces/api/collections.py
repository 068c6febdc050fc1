"""Collections: a page of things, where it stands, and the paths of the pages beside it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta as Told
from msgspec import Struct, field

from ...framework.pagination import Listing, Page
from ...framework.request import Request
from ...framework.routing import Handler
from ...framework.text import integer
from .members import Link
from .typed import contract

PER_PAGE, MOST_PER_PAGE = 10, 100

Item = TypeVar("Item")
Rows = Sequence[Any]


class Meta(Struct):
    """Where a page stands."""

    page: Annotated[int, Told(description="null on a page that was reached by cursor")] | None
    per_page: int
    total_pages: Annotated[int, Told(description="null where nobody keeps count")] | None
    total_items: Annotated[int, Told(description="null where nobody keeps count")] | None


class PageLinks(Struct):
    """Paths of this page and of those beside it, null at the ends: follow them rather than making them."""

    self_: Link = field(name="self")
    next: Link | None
    prev: Link | None


class Collection(Struct, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    meta: Meta = field(name="_meta")
    links: PageLinks = field(name="_links")


def paged_by(*names: str) -> Callable[[Handler], Handler]:
    """Say by which of the parameters `page`, `per_page`, `before` and `after` a list is paged that does not take them all."""

    def marked(handler: Handler) -> Handler:
        handler.paged_by = names  # type: ignore[attr-defined]
        return handler

    return marked


def per_page(request: Request) -> int:
    """How many things the caller wants on a page: 1 to 100, and 10 where they have not said it in digits."""
    number = integer(request.query.get("per_page"), least=-(2**63), most=2**63 - 1)
    return PER_PAGE if number is None else min(max(number, 1), MOST_PER_PAGE)


def of(
    request: Request,
    listing: Listing,
    shaped: Callable[[Rows], Iterable[Item]],
    *,
    total: int | None = None,
    **values: Any,
) -> Collection[Item]:
    """The page of a listing that the caller asks for; `values` fill the listing's own parameters."""
    size = per_page(request)
    page = listing.page(request.db, request.cursor, size, **values)
    return made(request, page, shaped(page.items), size, total)


def made(request: Request, page: Page[Any], items: Iterable[Item], size: int, total: int | None = None) -> Collection[Item]:
    """A page of a list with its shaped items as it is sent."""

    def beside(query: dict[str, str] | None) -> str | None:
        return None if query is None else link(request, size, **query)

    return Collection(
        items=list(items),
        meta=Meta(page.number, size, None if total is None else -(-total // size), total),
        links=PageLinks(self_=request.here, next=beside(page.older), prev=beside(page.newer)),
    )


def whole(request: Request, items: Iterable[Item]) -> Collection[Item]:
    """A short list that is always sent as a whole."""
    sent = list(items)
    return Collection(sent, Meta(1, max(len(sent), 1), 1, len(sent)), PageLinks(self_=request.here, next=None, prev=None))


def link(request: Request, size: int, **query: str) -> str:
    """The path of another page of the list that is being asked for."""
    assert request.route is not None
    asked = contract(request.route.handler).query
    kept = {name: text for name, text in request.query.items() if name in asked}
    return request.url_for(str(request.route.endpoint), **request.arguments, **kept, per_page=str(size), **query)
