"""Search: an engine that is told what there is to find and asked for it, and the pages of what it finds.

The engine of the house is Postgres itself: the words of a row stand in its own column `search`, written by the statement that
writes the row, so that what is committed is found at once and what is rolled back never. How it finds them again is told in
retrieval.py. Another engine needs the same three functions. Models say in `__searchable__` which of their columns are found by
their words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import BigInteger, Text, cast, column, func, literal, select, table, update
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Session

from ..models import Post, User
from . import hours, retrieval, words
from .queries import Wanted
from .retrieval import Shown

MOST_RESULTS = 500  # nobody reads further

Ids = Sequence[int]


@dataclass(frozen=True)
class Found:
    """One page of rows, the best first, its number, and whether there is another one."""

    items: Sequence[Any]
    number: int
    has_more: bool


NOTHING = Found((), 1, False)


class Engine(Protocol):
    """What finds rows of a model. All three work within the caller's transaction."""

    def add(self, db: Session, model: Any, ids: Ids) -> int:
        """Make these rows findable by what they say now; gives how many were not before."""

    def remove(self, db: Session, model: Any, ids: Ids) -> None:
        """Forget these rows. A row that is deleted takes its words with it."""

    def query(self, db: Session, model: Any, wanted: Wanted, shown: Shown, *, number: int, size: int) -> Found:
        """A page of the rows that fit best, the best first; a number beyond the last page gives the last one."""


class Absent:
    """No engine: everything works, and nothing is found."""

    def add(self, db: Session, model: Any, ids: Ids) -> int:
        return 0

    def remove(self, db: Session, model: Any, ids: Ids) -> None:
        pass

    def query(self, db: Session, model: Any, wanted: Wanted, shown: Shown, *, number: int, size: int) -> Found:
        return NOTHING


class Postgres:
    """The column `search` of each table and its index."""

    def add(self, db: Session, model: Any, ids: Ids) -> int:
        names = (*model.__searchable__, *model.__narrowing__)
        rows = select(model.id, *(getattr(model, name) for name in names)).where(model.id.in_(ids)).order_by(model.id)
        found = {row.id: words_of(model, **row._mapping) for row in db.execute(rows.with_for_update(key_share=True))}
        pairs = func.unnest(literal([*found], ARRAY(BigInteger)), literal([*found.values()], ARRAY(Text)))
        fresh = pairs.table_valued(column("id", BigInteger), column("words", Text), name="fresh").render_derived()
        found_by = cast(fresh.c.words, TSVECTOR)
        changed = db.execute(
            update(model)
            .where(model.id == fresh.c.id, model.search.is_distinct_from(found_by))
            .values(search=found_by)
            .returning(model.id)
            .execution_options(synchronize_session=False)
        )
        return len(changed.all())

    def remove(self, db: Session, model: Any, ids: Ids) -> None:
        db.execute(update(model).where(model.id.in_(ids)).values(search="").execution_options(synchronize_session=False))

    def query(self, db: Session, model: Any, wanted: Wanted, shown: Shown, *, number: int, size: int) -> Found:
        last = max(1, MOST_RESULTS // size)
        number = min(max(number, 1), last)
        most = min(number * size + 1, last * size)
        statement, values = (retrieval.people_query if model is User else retrieval.posts_query)(db, wanted, shown, most)
        rows = statement.all(db, **values, skipped=(number - 1) * size, size=size)
        if not rows:
            return NOTHING
        total = rows[0].total
        number = min(number, -(-total // size))
        return Found(rows, number, total > number * size)


ENGINES: dict[str, Engine] = {"postgres": Postgres(), "off": Absent()}
POSTGRES = ENGINES["postgres"]


def words_of(model: Any, **values: Any) -> Any:
    """The column `search` of a row with these values, for the statement that writes them. Where the id tells the time and is
    not known yet, the database adds the words of the hour."""
    found_by = text_of(model, **values)
    return said_now(found_by) if "id" in model.__narrowing__ and "id" not in values else found_by


def text_of(model: Any, **values: Any) -> str:
    """The same as a text, without the words of the hour where the id is not known."""
    texts = [values.get(name) or "" for name in model.__searchable__]
    marks = [mark for name in model.__narrowing__ if values.get(name) for mark in retrieval.marks(name, values[name])]
    return words.document(*texts, marks=marks)


def said_now(found_by: Any) -> Any:
    """What a row that gets its id now is found by: such a text, and the words of the hour by the database's clock."""
    return cast(found_by, TSVECTOR).op("||")(hours.words_now())


def index_user(db: Session, user_id: int) -> None:
    """To be called when a person's handle or name has changed, in the same transaction."""
    POSTGRES.add(db, User, [user_id])


def index_post(db: Session, post_id: int) -> None:
    """To be called when a post's text or language has changed, in the same transaction."""
    POSTGRES.add(db, Post, [post_id])


def posts(db: Session, engine: Engine, wanted: Wanted, shown: Shown, *, number: int, size: int) -> Found:
    """A page of the posts that are found; a number beyond the last page gives the last one. At most two queries."""
    if wanted.is_nothing:
        return NOTHING
    return engine.query(db, Post, wanted, shown, number=number, size=size)


def people(db: Session, engine: Engine, wanted: Wanted, shown: Shown, *, most: int) -> Sequence[Any]:
    """Those people who fit best; nobody where only posts are asked for. One query."""
    if wanted.is_narrowed or not wanted.terms:
        return []
    return engine.query(db, User, wanted, shown, number=1, size=most).items


def batches(db: Session, model: Any, after: int, size: int) -> list[int]:
    """The next ids of a table in their order, for going through all of it."""
    return list(db.scalars(select(model.id).where(model.id > after).order_by(model.id).limit(size)))


def estimate(db: Session, model: Any) -> int:
    """About how many rows a table has, as Postgres remembers; 0 where it has not counted yet."""
    counted = select(column("reltuples", BigInteger)).select_from(table("pg_class"))
    return max(0, int(db.scalar(counted.where(column("oid") == func.to_regclass(model.__tablename__))) or 0))
