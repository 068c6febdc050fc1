"""Yardsticks: the least that answers the same requests with the same pages, as an application of its own.

It knows a reader by the same session, asks Postgres one prepared statement by psycopg2, and joins strings: the cuts of the
product's own pages (cuts.py) and what the rows say, escaped. There is no routing, no checking of signatures, no template, no
transaction; a product that does more can come near to it and never past it. `/bare` answers a word and asks nobody.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg2
from markupsafe import escape

from ..framework.filters import rich_text
from ..framework.text import decimal

PAGE = 25
NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
MONTHS = {f"{number:02}": name for number, name in enumerate(NAMES, start=1)}
HOURS = {f"{hour:02}": str(hour % 12 or 12) for hour in range(24)}
MARKS = re.compile("[&<>'\"@\n]|://")  # without any of these a text is the same in HTML
SECRET = re.compile(r"(?:^|; *)(?:__Secure-)?mb_[0-9a-f]{8}=([^.;]+)\.")

# One statement a page. The first columns are the reader's, those of a post follow.
READER = """
    SELECT u.id AS reader_id, u.username AS reader_username, coalesce(nullif(u.display_name, ''), u.username) AS reader_name,
           u.post_count AS posts, u.unread_message_count AS messages, u.unread_notification_count AS notifications
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.digest = $1 AND s.expires_at > now() AND u.suspended_at IS NULL
"""
HOLDER = """
    SELECT u.id AS reader_id FROM access_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.digest = $1 AND t.expires_at > now() AND u.suspended_at IS NULL
"""
POST = """
    p.id, p.author_id, a.username, coalesce(nullif(a.display_name, ''), a.username) AS name, p.body, p.language, p.mentions,
    p.created_at::text AS said_at
"""
NEWEST_READ = f"""
    authors AS (SELECT reader_id FROM reader UNION ALL
                SELECT f.followed_id FROM followers f JOIN reader ON f.follower_id = reader_id),
    ids AS (SELECT n.id FROM authors, LATERAL (
                SELECT id FROM posts WHERE author_id = authors.reader_id ORDER BY id DESC LIMIT {PAGE + 1}) n
            ORDER BY n.id DESC LIMIT {PAGE + 1})
"""
SHOWN = "JOIN users a ON a.id = p.author_id AND a.suspended_at IS NULL"
STATEMENTS = {
    "home": f"""(bytea) AS WITH reader AS MATERIALIZED ({READER}), {NEWEST_READ}
        SELECT reader.*, {POST} FROM reader, ids JOIN posts p USING (id) {SHOWN} ORDER BY p.id DESC""",
    "public": f"""(bytea) AS WITH reader AS MATERIALIZED ({READER}),
        newest AS (SELECT {POST} FROM posts p {SHOWN} ORDER BY p.id DESC LIMIT {PAGE + 1})
        SELECT reader.*, newest.* FROM reader, newest ORDER BY newest.id DESC""",
    "profile": f"""(bytea, text) AS WITH reader AS MATERIALIZED ({READER}),
        person AS MATERIALIZED (SELECT id AS person_id, username AS person_username,
            coalesce(nullif(display_name, ''), username) AS person_name, about_me, follower_count AS followers,
            followed_count AS followed, created_at::text AS joined, last_seen_at::text AS seen
            FROM users WHERE lower(username) = lower($2) AND suspended_at IS NULL),
        newest AS (SELECT {POST} FROM person JOIN posts p ON p.author_id = person_id {SHOWN} ORDER BY p.id DESC LIMIT {PAGE + 1})
        SELECT reader.*, newest.*, person.* FROM reader, person, newest ORDER BY newest.id DESC""",
    "post": f"""(bytea, bigint) AS WITH reader AS MATERIALIZED ({READER})
        SELECT reader.*, {POST} FROM reader, posts p {SHOWN} WHERE p.id = $2""",
    "json": f"""(bytea) AS WITH reader AS MATERIALIZED ({HOLDER}), {NEWEST_READ}
        SELECT reader.*, {POST}, a.display_name FROM reader, ids JOIN posts p USING (id) {SHOWN} ORDER BY p.id DESC""",
    "followers": f"""(bytea, integer) AS WITH reader AS MATERIALIZED ({HOLDER}),
        person AS MATERIALIZED (SELECT id AS person_id, follower_count AS total FROM users WHERE id = $2 AND suspended_at IS NULL)
        SELECT reader.*, person.*, u.id, u.username, u.display_name, u.about_me, u.created_at::text,
            u.last_seen_at::text AS last_seen, u.post_count, u.follower_count, u.followed_count
        FROM reader, person, followers f JOIN users u ON u.id = f.follower_id AND u.suspended_at IS NULL
        WHERE f.followed_id = person_id ORDER BY u.id LIMIT {PAGE + 1}""",
    "signals": """(bytea, double precision) AS SELECT u.id, (
            SELECT json_agg(json_build_object('name', name, 'data', payload, 'timestamp', timestamp) ORDER BY timestamp)::text
            FROM signals WHERE user_id = u.id AND timestamp > $2)
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.digest = $1 AND s.expires_at > now() AND u.suspended_at IS NULL""",
}

Row = dict[str, Any]


class Yardsticks:
    """The callable: pages by their path."""

    def __init__(self, dsn: str, cuts: dict[str, Any]) -> None:
        self.dsn, self.cuts = dsn, cuts
        self.html, self.json, self.told = (
            [(name, value) for name, value in cuts[f"{kind}_headers"]] for kind in ("html", "json", "signal")
        )
        self.threads = threading.local()
        self.pages: dict[str, Callable[[dict[str, Any]], bytes | None]] = {
            "/": self.home,
            "/explore": self.public,
            "/notifications": self.signals,
            "/api/timelines/home": self.timeline,
            "/readyz": lambda environ: b"ready",
            "/bare": lambda environ: b"bare",
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        page = self.pages.get(path)
        if page is None:
            page = self.followers if path.startswith("/api/") else self.post if path.startswith("/post/") else self.profile
        body = page(environ)
        headers = self.json if path.startswith("/api/") else self.told if path == "/notifications" else self.html
        start_response("200 OK" if body else "401 Unauthorized", [*headers, ("Content-Length", str(len(body or b"")))])
        return [body or b""]

    # Pages

    def home(self, environ: dict[str, Any]) -> bytes | None:
        return self._page("home", self._rows("home", _session(environ)))

    def public(self, environ: dict[str, Any]) -> bytes | None:
        return self._page("public", self._rows("public", _session(environ)))

    def profile(self, environ: dict[str, Any]) -> bytes | None:
        rows = self._rows("profile", _session(environ), environ["PATH_INFO"].rpartition("/")[2])
        for row in rows[:1]:
            row["joined_instant"], row["joined_date"] = instant(row["joined"]), date(row["joined"])
            row["seen_instant"], row["seen_moment"] = instant(row["seen"]), moment(row["seen"])
            row["about_me"], row["person_name"] = escaped(row["about_me"]), escaped(row["person_name"])
        return self._page("profile", rows)

    def post(self, environ: dict[str, Any]) -> bytes | None:
        rows = self._rows("post", _session(environ), environ["PATH_INFO"].rpartition("/")[2])
        for row in rows:
            row["person_username"] = row["username"]
        return self._page("post", rows)

    def signals(self, environ: dict[str, Any]) -> bytes | None:
        since = decimal(environ["QUERY_STRING"].partition("since=")[2]) or 0.0
        rows = self._tuples("signals", _session(environ), since)
        return (rows[0][1] or "[]").encode() if rows else None

    def timeline(self, environ: dict[str, Any]) -> bytes | None:
        return self._list("json", self._rows("json", _token(environ)), _json_post)

    def followers(self, environ: dict[str, Any]) -> bytes | None:
        rows = self._rows("followers", _token(environ), environ["PATH_INFO"].split("/")[3])
        for row in rows[:1]:
            row["pages"] = -(-row["total"] // PAGE)
        return self._list("followers", rows, _json_person)

    # How they are made

    def _page(self, name: str, rows: list[Row]) -> bytes | None:
        if not rows:
            return None
        cut, cards, reader = self.cuts[name], self.cuts["cards"], rows[0]["reader_id"]
        shown = rows[:PAGE]
        values = rows[0] | {"last": shown[-1]["id"], "reader_name": escaped(rows[0]["reader_name"])}
        made = []
        for row in shown:
            row["instant"], row["moment"] = instant(row["said_at"]), moment(row["said_at"])
            row["name"], row["body"] = escaped(row["name"]), _rich(row)
            kind = "own" if row["author_id"] == reader else "other"
            made.append(cards[kind if row["language"] in ("", "en") else f"foreign {kind}"] % row)
        return _joined(cut, values, made)

    def _list(self, name: str, rows: list[Row], prepare: Callable[[Row], None]) -> bytes | None:
        if not rows:
            return None
        cut, shown = self.cuts[name], rows[:PAGE]
        values = rows[0] | {"last": shown[-1]["id"]}
        for row in shown:
            prepare(row)
        return _joined(cut, values, [cut["item"] % row for row in shown])

    def _rows(self, name: str, *values: Any) -> list[Row]:
        rows = self._tuples(name, *values)
        names = self.threads.names.get(name)
        if names is None:
            names = self.threads.names[name] = [column.name for column in self.threads.cursor.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _tuples(self, name: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """What a prepared statement gives. Each thread has a connection, which it keeps."""
        if not hasattr(self.threads, "cursor"):
            connection = psycopg2.connect(self.dsn, options="-c timezone=UTC -c statement_timeout=5000")
            connection.autocommit = True
            self.threads.connection, self.threads.cursor = connection, connection.cursor()
            self.threads.names = {}
            for each, statement in STATEMENTS.items():
                self.threads.cursor.execute(f"PREPARE {each} {statement}")
        cursor = self.threads.cursor
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
        return cursor.fetchall()


def _joined(cut: dict[str, str], values: Row, made: list[str]) -> bytes:
    """The bytes of a page. Piece by piece: one picture in a name would make each letter of a whole text four bytes wide."""
    between = cut["between"].encode()
    return (cut["head"] % values).encode() + between.join([piece.encode() for piece in made]) + (cut["tail"] % values).encode()


def _session(environ: dict[str, Any]) -> bytes:
    """The digest by which Postgres knows the session of the cookie."""
    found = SECRET.search(environ.get("HTTP_COOKIE", ""))
    return hashlib.sha256((found[1] if found else "").encode()).digest()


def _token(environ: dict[str, Any]) -> bytes:
    return hashlib.sha256(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ").encode()).digest()


def _rich(row: Row) -> str:
    body = row["body"]
    if not MARKS.search(body):
        return body
    return rich_text(body, row["mentions"], lambda username: f"/microblog/user/{username}")


def escaped(text: str) -> str:
    return escape(text) if MARKS.search(text) else text


def _json_post(row: Row) -> None:
    row["body"], row["username"], row["name"] = map(_quoted, (row["body"], row["username"], row["display_name"]))
    row["language"], row["mentions"] = f'"language":{_quoted(row["language"])}', f'"mentions":{_quoted(row["mentions"])}'
    row["created_at"] = _exact(row["said_at"])


def _json_person(row: Row) -> None:
    for name in ("username", "display_name", "about_me"):
        row[name] = _quoted(row[name])
    for name in ("created_at", "last_seen"):
        row[name] = _exact(row[name])


_quoted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# Instants, as Postgres writes them in UTC: 2001-02-03 04:05:06.123456+00.


def _exact(at: str) -> str:
    """In JSON: with six digits behind the point, or none."""
    return f'"{at[:10]}T{at[11:-3]}Z"' if "." not in at else f'"{at[:10]}T{at[11:-3]:0<15}Z"'


def instant(at: str) -> str:
    """As machines write it."""
    return f"{at[:10]}T{at[11:19]}Z"


def moment(at: str) -> str:
    """As people read it, in English: Feb 3, 2001, 4:05:06 AM UTC."""
    half = "AM" if at[11:13] < "12" else "PM"
    return f"{MONTHS[at[5:7]][:3]} {at[8:10].lstrip('0')}, {at[:4]}, {HOURS[at[11:13]]}{at[13:19]}\u202f{half} UTC"


def date(at: str) -> str:
    """February 3, 2001."""
    return f"{MONTHS[at[5:7]]} {at[8:10].lstrip('0')}, {at[:4]}"


def from_environment() -> Yardsticks:
    """As uWSGI starts it: what it needs is named by the environment."""
    return Yardsticks(os.environ["BENCH_DSN"], json.loads(Path(os.environ["BENCH_CUTS"]).read_text("utf-8")))
