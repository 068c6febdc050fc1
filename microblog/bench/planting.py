"""How a town comes into an empty database: by COPY, from several processes at once, with counters that equal their rows."""

import io
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg2

from ..core import passwords
from . import town as towns
from .machine import cores
from .town import COLUMNS, Row, Town

Progress = Callable[[float], None]

# Counters, as the product keeps them, from the rows they count.
COUNTED = """
UPDATE users SET
    post_count = (SELECT count(*) FROM posts WHERE author_id = users.id),
    follower_count = (SELECT count(*) FROM followers WHERE followed_id = users.id),
    followed_count = (SELECT count(*) FROM followers WHERE follower_id = users.id),
    unread_notification_count = (SELECT count(*) FROM notifications WHERE user_id = users.id AND read_at IS NULL),
    unread_message_count = (SELECT coalesce(sum(unread_count), 0) FROM conversations WHERE user_id = users.id);
INSERT INTO signals (user_id, name, payload)
    SELECT id, 'unread_message_count', to_jsonb(unread_message_count) FROM users UNION ALL
    SELECT id, 'unread_notification_count', to_jsonb(unread_notification_count) FROM users;
INSERT INTO counters VALUES ('users', (SELECT count(*) FROM users)) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
SELECT setval(pg_get_serial_sequence('users', 'id'), (SELECT max(id) FROM users));
"""


def plant(dsn: str, town: Town, progress: Progress = lambda share: None) -> None:
    """Fill a database that has the schema and nobody in it. `progress` hears the share of the posts that are stored."""
    with closing(connect(dsn)) as connection:
        cursor = connection.cursor()
        copy(cursor, "users", towns.people(town))
        copy(cursor, "credentials", towns.credentials(town, passwords.hashed("nobody logs in with this")))
        mending = _without_word_indexes(cursor)  # sorted in at once in the end, words take a tenth of the time
        with ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn"), initializer=_be_deaf) as pool:
            tasks = [pool.submit(_store_others, dsn, town), *(pool.submit(_store_said, dsn, town, each) for each in town.chunks)]
            try:
                for number, task in enumerate(as_completed(tasks), start=1):
                    task.result()
                    progress(number / len(tasks))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        for statement in mending:
            cursor.execute(statement)
        cursor.execute(COUNTED)
        cursor.execute("VACUUM (ANALYZE)")


def _be_deaf() -> None:
    """Ctrl-C is for the first process: it tells the others to go no further, and they finish what they have begun."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def connect(dsn: str) -> Any:
    """A connection on which every statement counts at once, and none waits for ever."""
    connection = psycopg2.connect(dsn, connect_timeout=10, options="-c statement_timeout=1800000 -c timezone=UTC")
    connection.autocommit = True
    return connection


def copy(cursor: Any, table: str, rows: Iterable[Row], columns: Iterable[str] = ()) -> None:
    """Store rows by COPY."""
    text = io.StringIO("".join(map(_line, rows)))
    cursor.copy_expert(f"COPY {table} ({', '.join(columns or COLUMNS[table])}) FROM STDIN", text)


def _store_said(dsn: str, town: Town, chunk: int) -> None:
    """One chunk of posts; runs in a process of its own."""
    _store(dsn, vars(towns.said(town, chunk)))


def _store_others(dsn: str, town: Town) -> None:
    """What hangs on no post; runs in a process of its own."""
    _store(dsn, {"followers": towns.follows(town), **towns.letters(town)})
    _store(dsn, {"notifications": towns.greetings(town)})


def _store(dsn: str, tables: dict[str, Iterable[Row]]) -> None:
    with closing(connect(dsn)) as connection:
        cursor = connection.cursor()
        for table, rows in tables.items():
            copy(cursor, table, rows)


def _without_word_indexes(cursor: Any) -> list[str]:
    """Drop the indexes of words; gives the statements that make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE schemaname = current_schema() AND tablename = 'posts' AND indexdef LIKE '%USING gin%'"
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def _line(row: Row) -> str:
    return "\t".join(map(_field, row)) + "\n"


def _field(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "{" + ",".join(_elements(value)) + "}"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    return str(value)


def _elements(values: list[Any]) -> Iterator[str]:
    """Those of an array: numbers, or words without blanks and quotes."""
    return (_field(value) for value in values)
