"""Statements of hot pages: compiled once at import, asked of the driver itself, and planned once by each connection.

SQLAlchemy writes the SQL and tells how values travel; asking goes past its session, which costs several times what the asking
costs. On a connection that may (database.py says which) Postgres keeps the plan, and the next time only the values are sent.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import ARRAY, Integer, NullType, TypeEngine

from .faults import is_lost
from .views import View

PREPARED = "prepared"  # in a connection's info: the names of the statements that Postgres keeps for it, if it may keep any
MOST_PREPARED = 100  # by one connection, some 50 kB of Postgres' memory each; what comes later is asked unprepared
DIALECT = PGDialect_psycopg2()
DOUBLE = 701  # the OID of double precision; of all types only the family of decimals asks for one
LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")  # where SQLAlchemy would write the values of an IN
_numbers = count(1)


class Statement:
    """One statement and the names of its parameters, by which `all` and `one_or_none` take values. Those that are fixed are
    written into it, so that Postgres plans for them. Rows are named tuples of its columns. One whose plan hangs on its values
    is not `kept` by Postgres."""

    def __init__(self, statement: ClauseElement, *, kept: bool = True, **fixed: Any) -> None:
        self.kept = kept
        self.name = f"microblog_{next(_numbers)}"
        self.element = statement  # for whoever wants to know what it asks
        compiled: Any = statement.compile(dialect=DIALECT)
        types = _types(compiled.bind_names)
        constants = {name: value for name, value in (compiled.params | fixed).items() if value is not None}
        written = {name: _literal(value) for name, value in constants.items()}
        self.parameters = tuple(name for name in types if name not in written)
        self._encode = _changing({name: types[name].dialect_impl(DIALECT).bind_processor(DIALECT) for name in self.parameters})
        template = LIST.sub(lambda found: ", ".join(map(_literal, constants[found[1]])).replace("%", "%%"), str(compiled))
        places = {name: f"${number}" for number, name in enumerate(self.parameters, start=1)}
        declared = ", ".join(_declared(types[name]) for name in self.parameters)
        self._prepare = f"PREPARE {self.name}{declared and f' ({declared})'} AS {template % (written | places)}"
        self._execute = f"EXECUTE {self.name}" + (f" ({', '.join(f'%({name})s' for name in places)})" if places else "")
        doubled = {name: text.replace("%", "%%") for name, text in written.items()}
        self._plain = template.replace("%%", "%%%%") % (doubled | {name: f"%({name})s" for name in places})
        columns = [(column.keyname, column.type.dialect_impl(DIALECT)) for column in compiled._result_columns]
        self._decode = _changing({place: _processor(kind) for place, (_, kind) in enumerate(columns)})
        row: Any = namedtuple("Row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        self._row: Callable[[Sequence[Any]], Any] = row._make

    def all(self, db: Session, **values: Any) -> list[Any]:
        """The rows it gives."""
        for name, encode in self._encode.items():
            values[name] = encode(values[name])
        rows = self._ask(*_asked(db), values)
        if not self._decode:
            return [self._row(row) for row in rows]
        return [self._row(self._decoded(row)) for row in rows]

    def one_or_none(self, db: Session, **values: Any) -> Any:
        """The row it gives, or None; for what can give one at most."""
        rows = self.all(db, **values)
        return rows[0] if rows else None

    def _ask(self, lent: PoolProxiedConnection, listeners: Any, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        prepared = lent.info.get(PREPARED) if self.kept else None
        cursor: Any = lent.cursor()
        try:
            if prepared is None or (self.name not in prepared and len(prepared) >= MOST_PREPARED):
                self._send(listeners, cursor, self._plain, values)
            else:
                if self.name not in prepared:
                    cursor.execute(self._prepare)
                    prepared.add(self.name)
                cursor.meant = self._plain
                self._send(listeners, cursor, self._execute, values)
            return cursor.fetchall() if cursor.description else ()
        except psycopg2.Error as error:
            if cursor.connection.closed or is_lost(error):
                lent.invalidate()  # else the pool would lend it again
            raise
        finally:
            cursor.close()

    def _send(self, listeners: Any, cursor: Any, words: str, values: Mapping[str, Any]) -> None:
        """Ask the driver, and tell those who listen to all statements, as SQLAlchemy does."""
        heard = self._plain, values, None, False
        for listener in listeners.before_cursor_execute:
            listener(None, cursor, *heard)
        cursor.execute(words, values)
        for listener in listeners.after_cursor_execute:
            listener(None, cursor, *heard)

    def _decoded(self, row: tuple[Any, ...]) -> list[Any]:
        fields = list(row)
        for place, decode in self._decode.items():
            fields[place] = decode(fields[place])
        return fields


def _asked(db: Session | View) -> tuple[PoolProxiedConnection, Any]:
    """The driver's connection behind a session, and those who listen to all statements."""
    if isinstance(db, View):
        return db.lent(), db.dispatch
    connection = db.connection()
    return connection.connection, connection.dispatch


def _types(names: Mapping[Any, str]) -> dict[str, TypeEngine[Any]]:
    """The type of each parameter: where one stands several times, the first that is known."""
    types: dict[str, TypeEngine[Any]] = {}
    for bind, name in names.items():
        if isinstance(types.get(name, NullType()), NullType):
            types[name] = bind.type
    return types


def _changing(processors: Mapping[Any, Callable[[Any], Any] | None]) -> dict[Any, Callable[[Any], Any]]:
    """Those that change what they are given: most types travel as they are."""
    return {key: processor for key, processor in processors.items() if processor}


def _processor(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes of a column's value what Python wants of it, None where the driver does that already."""
    found = kind.result_processor(DIALECT, DOUBLE)
    if isinstance(kind, ARRAY) and kind.as_tuple and kind.item_type.dialect_impl(DIALECT).result_processor(DIALECT, None) is None:
        return _as_tuple  # SQLAlchemy looks for nested ones
    return found


def _as_tuple(items: list[Any] | None) -> tuple[Any, ...] | None:
    return None if items is None else tuple(items)


def _declared(kind: TypeEngine[Any]) -> str:
    """A type as PREPARE wants it. Every whole number is a wide one: what is too great for a column is only not found."""
    if isinstance(kind, Integer):
        return "BIGINT"
    return "unknown" if isinstance(kind, NullType) else kind.compile(dialect=DIALECT)


def _literal(value: Any) -> str:
    """A constant as it stands in SQL. The driver would escape a backslash in a string, as Postgres has not wanted it for long."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    quoted: bytes = extensions.adapt(value).getquoted()
    return quoted.decode()
