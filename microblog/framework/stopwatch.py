"""A stopwatch for each thread: whose work it does, how long that has taken, and how much of it Postgres had in hand.

Counting stands in the driver's own cursor. That costs half a microsecond a statement where SQLAlchemy's events cost five, counts
also what passes its session by, and sees statements that end with an error, among them the slowest: those that took too long.
"""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from psycopg2 import extensions

log = logging.getLogger(__name__)

LONGEST_TEXT = 2_000  # characters of a statement that the log shows
COMMIT = "COMMIT"
NOBODY: Mapping[str, Any] = {}

Marks = Callable[[], Mapping[str, Any]]


class _Watch(threading.local):
    """What one thread is busy with. Between two pieces of work it says so."""

    marks: Marks | None = None
    begun = 0.0
    statements = 0
    in_database = 0.0  # seconds


_watch = _Watch()


def begin(marks: Marks) -> None:
    """A piece of work begins in this thread. `marks` is asked for each line that is logged meanwhile whose work it is."""
    watch = _watch
    watch.marks = marks
    watch.statements = 0
    watch.in_database = 0.0
    watch.begun = perf_counter()


def end() -> None:
    """The piece of work is over."""
    _watch.marks = None


def marks() -> Mapping[str, Any]:
    """Whose work this thread does; nothing, between two pieces of work."""
    return _watch.marks() if _watch.marks else NOBODY


def read() -> tuple[float, float, int]:
    """Seconds since the piece of work began, seconds of them in the database, and the number of statements."""
    return perf_counter() - _watch.begun, _watch.in_database, _watch.statements


def costs() -> dict[str, float]:
    """The same for a line of the log: `ms`, `db_ms` and `statements`."""
    total, in_database, statements = read()
    return {"ms": round(total * 1000, 1), "db_ms": round(in_database * 1000, 1), "statements": statements}


class Cursor(extensions.cursor):
    """A cursor that counts its statements and their time."""

    slow_after = float("inf")  # seconds
    meant: str | None = None  # the statement that `EXECUTE name` stands for

    def execute(self, query: Any, vars: Any = None) -> None:
        begun = perf_counter()
        try:
            super().execute(query, vars)
        finally:
            _note(self.meant or query, perf_counter() - begun, self.slow_after)

    def executemany(self, query: Any, vars_list: Any) -> None:
        begun = perf_counter()
        try:
            super().executemany(query, vars_list)
        finally:
            _note(query, perf_counter() - begun, self.slow_after)


class Connection(extensions.connection):
    """A connection whose commits take time, too: they wait for the disk."""

    slow_after = float("inf")  # seconds

    def commit(self) -> None:
        begun = perf_counter()
        try:
            extensions.connection.commit(self)
        finally:
            _note(COMMIT, perf_counter() - begun, self.slow_after)


def factories(slow_ms: int) -> dict[str, Any]:
    """What psycopg2.connect takes to count; what takes longer than so many milliseconds is logged, with 0 nothing is."""
    if not slow_ms:
        return {"connection_factory": Connection, "cursor_factory": Cursor}
    slow = {"slow_after": slow_ms / 1000}
    return {
        "connection_factory": type("SlowConnection", (Connection,), slow),
        "cursor_factory": type("SlowCursor", (Cursor,), slow),
    }


def _note(query: Any, seconds: float, slow_after: float) -> None:
    watch = _watch
    watch.statements += query is not COMMIT
    watch.in_database += seconds
    if seconds >= slow_after:
        _tell(query, seconds)


def _tell(query: Any, seconds: float) -> None:
    """A line about a slow statement: its text without values. What is no text has its values in it, and is not shown."""
    words = re.sub(r"\s+", " ", query).strip() if isinstance(query, str) else "(a statement with values in it)"
    log.warning("Slow statement, %.0f ms: %s", seconds * 1000, words[:LONGEST_TEXT], extra={"slow_ms": round(seconds * 1000, 1)})
