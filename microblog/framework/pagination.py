"""Pages of a list by cursor: any page costs what the first one costs, and each statement is built once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import ColumnElement

from .statements import Statement

IdColumn = ColumnElement[int] | InstrumentedAttribute[int]

# The last page that a page number can ask for; beyond it one goes on by cursor. An offset makes Postgres walk.
MOST_PAGES = 400


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands in a list of things with descending ids: before an id, after one, or on a numbered page."""

    before: int | None = None
    after: int | None = None
    page: int = 1


class Window:
    """The part of a list that a statement selects: which ids, in which order, how many.

    Lists fall: the newest, which has the greatest id, comes first. In one that rises the smallest does.
    """

    def __init__(self, kind: str, *, rising: bool = False) -> None:
        self.kind = kind
        self.rises = (kind == "after") if not rising else (kind != "before")

    def ids(self, column: IdColumn) -> list[ColumnElement[bool]]:
        """The condition on the id, none for a numbered page."""
        if self.kind == "before":
            return [column < bindparam("cursor")]
        if self.kind == "after":
            return [column > bindparam("cursor")]
        return []

    def order(self, column: IdColumn) -> ColumnElement[int]:
        return column.asc() if self.rises else column.desc()

    def limit(self, statement: Any, column: IdColumn) -> Any:
        """The statement cut to the window: condition, order, and one row more than a page, which tells whether there is more."""
        statement = statement.where(*self.ids(column)).order_by(self.order(column)).limit(bindparam("most"))
        return statement.offset(bindparam("skip")) if self.kind == "page" else statement

    def reach(self, statement: Any, column: IdColumn) -> Any:
        """The rows of one source among several that could still be in the window: for merging many lists into one."""
        return statement.where(*self.ids(column)).order_by(self.order(column)).limit(self.length)

    @property
    def length(self) -> ColumnElement[int]:
        """How many rows reach from where the window's kind begins to its end."""
        most: ColumnElement[int] = bindparam("most", type_=Integer)
        return most + bindparam("skip", type_=Integer) if self.kind == "page" else most


class HasId(Protocol):
    id: int


Item = TypeVar("Item", bound=HasId)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list, and the query parameters that lead to its neighbours (None: there are none): `newer` to the page before
    it and `older` to the page after it. In a list that rises the names fit the place, not the time."""

    items: Sequence[Item]
    newer: dict[str, str] | None
    older: dict[str, str] | None
    number: int | None = None  # where the reader asked by number


class Listing:
    """A list that can be paged. `select` gives its statement for a kind of window; it must be the same each time."""

    def __init__(self, select: Callable[[Window], Select[Any]], *, rising: bool = False) -> None:
        self.onward, self.back = ("after", "before") if rising else ("before", "after")
        self.statements = {kind: select(Window(kind, rising=rising)) for kind in ("page", "before", "after")}
        self._prepared = cache(self._prepare)

    def page(self, db: Session, cursor: Cursor, size: int, **values: Any) -> Page[Any]:
        """One query: the page of `size` items at the cursor; `values` fill the statement's own parameters."""
        for kind, position in (("before", cursor.before), ("after", cursor.after)):
            if position is None:
                continue
            rows = self._prepared(kind, size).all(db, cursor=position, **values)
            if kind == self.onward:
                return self._page(rows[:size], newer=True, older=len(rows) > size)
            return self._page(rows[:size][::-1], newer=len(rows) > size, older=True)
        number = min(max(cursor.page, 1), MOST_PAGES)
        if number == 1:
            rows = self._prepared("first", size).all(db, **values)
        else:
            rows = self._prepared("page", size).all(db, skip=(number - 1) * size, **values)
        return self._page(rows[:size], newer=number > 1, older=len(rows) > size, number=number)

    def _prepare(self, kind: str, size: int) -> Statement:
        """For a page of this size, which is a part of the statement: Postgres plans otherwise where it does not know how many
        rows are wanted. The first page skips nothing."""
        if kind == "first":
            return Statement(self.statements["page"], most=size + 1, skip=0)
        return Statement(self.statements[kind], most=size + 1)

    def _page(self, items: Sequence[Any], *, newer: bool, older: bool, number: int | None = None) -> Page[Any]:
        if not items:  # past either end: the way back is the first page
            return Page(items, newer={} if newer else None, older={} if older and not newer else None, number=number)
        return Page(
            items,
            newer={self.back: str(items[0].id)} if newer else None,
            older={self.onward: str(items[-1].id)} if older else None,
            number=number,
        )
