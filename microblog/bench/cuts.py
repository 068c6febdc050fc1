"""The product's pages cut into what always stays and what changes, so that the yardsticks can build the same pages by a join.

Nobody copies templates: the pages are those that the product itself draws for a person with unmistakable values, who exists in
one transaction that is undone. Where such a value stands there is a gap, which the yardsticks fill. Of what differs with the
reader a post's card has four cuts; a profile has one, that of somebody whom the reader does not follow. A post's poll is not in
them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from msgspec import json
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from werkzeug.test import Client

from ..app import Application
from ..config import Config
from ..core import access_tokens, sessions
from ..framework.database import Database
from ..models import AccessToken, Follow, Post, User
from ..models import Session as Login
from . import BenchError
from .sites import PAGE
from .yardsticks import date, instant, moment

CARD = re.compile(r'<article class="post".*?</article>', re.DOTALL)
CARD_ID = re.compile(r'<article class="post" id="post([0-9]+)"')
# Headers that are made for each answer, or that the server adds by itself.
NOT_KEPT = {"content-length", "set-cookie", "x-request-id", "etag", "date"}

SECRET, TOKEN = "the-session-of-nobody", "a-token-of-nobody"
SAID_AT = datetime(2001, 2, 3, 4, 5, 6, 123_456, UTC)
AUTHOR = {
    "id": 2_000_000_011,
    "username": "zq_author",
    "display_name": "Zq Author",
    "about_me": "Zq about Zq",
    "created_at": datetime(2002, 3, 4, 5, 6, 7, 891_234, UTC),
    "last_seen_at": datetime(2003, 4, 5, 6, 7, 8, 912_345, UTC),
    "post_count": 7_000_003,
    "follower_count": 7_000_001,
    "followed_count": 7_000_002,
}
READER = {
    "id": 2_000_000_012,
    "username": "zq_reader",
    "display_name": "Zq Reader",
    "post_count": 7_654_321,
    "unread_message_count": 8_765_432,
    "unread_notification_count": 6_543_219,
}
FIRST_FOLLOWER, FOLLOWERS = 2_000_000_100, PAGE + 5
POST = {"body": "Zq body Zq", "created_at": SAID_AT}
FIRST_POST, POSTS = 9_000_000_000_000_000_000, PAGE * 2
FOREIGN = "qzx"  # a language that nobody's pages have

Gaps = dict[str, str]

READER_GAPS: Gaps = {
    str(READER["id"]): "reader_id",
    str(READER["username"]): "reader_username",
    str(READER["display_name"]): "reader_name",
    str(READER["post_count"]): "posts",
    str(READER["unread_message_count"]): "messages",
    str(READER["unread_notification_count"]): "notifications",
}
PERSON_GAPS: Gaps = {
    str(AUTHOR["id"]): "person_id",
    str(AUTHOR["username"]): "person_username",
    str(AUTHOR["display_name"]): "person_name",
    str(AUTHOR["about_me"]): "about_me",
    str(AUTHOR["follower_count"]): "followers",
    str(AUTHOR["followed_count"]): "followed",
    instant(str(AUTHOR["created_at"])): "joined_instant",
    date(str(AUTHOR["created_at"])): "joined_date",
    instant(str(AUTHOR["last_seen_at"])): "seen_instant",
    moment(str(AUTHOR["last_seen_at"])): "seen_moment",
}
CARD_GAPS: Gaps = {
    str(POST["body"]): "body",
    FOREIGN: "language",
    instant(str(SAID_AT)): "instant",
    moment(str(SAID_AT)): "moment",
}
BY_AUTHOR: Gaps = {"id": "author_id", "username": "username", "display_name": "name"}


def cut(config: Config) -> dict[str, Any]:
    """All cuts, as the yardsticks read them. The database must have the schema; it is left as it was."""
    app = Application(config)
    app.database = database = _Undone(config.database_url, connections=1)
    with database.one_transaction() as db:
        _people(db)
        client = Client(app, use_cookies=False)

        def page(path: str, **headers: str) -> tuple[str, list[list[str]]]:
            answer = client.get(path, base_url=config.public_url, headers=headers)
            if answer.status_code != 200:
                raise BenchError(f"{path} cannot be cut for the yardsticks: it answers {answer.status}.\n{answer.text[:500]}")
            return answer.text, [[name, value] for name, value in answer.headers if name.lower() not in NOT_KEPT]

        cookie = {"Cookie": f"{app.cookies.session_name}={app.cookies.session_seal.sign(SECRET)}"}
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        home, headers = page("/", **cookie)
        public, _ = page("/explore", **cookie)
        post, _ = page(f"/post/{FIRST_POST}", **cookie)
        _, signal_headers = page("/notifications?since=0", **cookie)
        timeline, json_headers = page(f"/api/timelines/home?per_page={PAGE}", **bearer)
        followers, _ = page(f"/api/users/{AUTHOR['id']}/followers?per_page={PAGE}", **bearer)
        db.execute(delete(Follow).where(Follow.follower_id == READER["id"]))
        profile, _ = page(f"/user/{AUTHOR['username']}", **cookie)
        return {
            "html_headers": headers,
            "json_headers": json_headers,
            "signal_headers": signal_headers,
            "cards": _cards(home),
            "home": _around(home, READER_GAPS),
            "public": _around(public, READER_GAPS),
            "profile": _around(profile, READER_GAPS | PERSON_GAPS),
            "post": _around(post, READER_GAPS | PERSON_GAPS),
            "json": _list(timeline, _json_post_gaps, {}),
            "followers": _list(followers, _json_person_gaps, {str(AUTHOR["id"]): "person_id"}),
        }


class _Undone(Database):
    """A database whose sessions all see one transaction, which nobody else ever sees."""

    @contextmanager
    def one_transaction(self) -> Iterator[Session]:
        with self.engine.connect() as self.connection:
            outer = self.connection.begin()
            try:
                with self.writing() as db:
                    yield db
            finally:
                outer.rollback()
        self.close()

    def reading(self) -> Session:
        return Session(self.connection, join_transaction_mode="rollback_only", expire_on_commit=False, autoflush=False)

    def writing(self) -> Session:
        return Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


def _people(db: Session) -> None:
    """Those with the unmistakable values: a reader, an author whom they read, others who do, and what both have said each way."""
    until = datetime.now(UTC) + timedelta(hours=1)
    known = [
        {"id": FIRST_FOLLOWER + number, "username": f"zq_follower_{number}", **_of_follower()} for number in range(FOLLOWERS)
    ]
    author, reader = int(str(AUTHOR["id"])), int(str(READER["id"]))
    for row in (AUTHOR, READER):
        db.execute(insert(User).values(row))
    db.execute(insert(User), known)
    db.execute(insert(Follow), [{"follower_id": each["id"], "followed_id": author} for each in known])
    said = [{"id": FIRST_POST - number, "author_id": author, "language": "en", **POST} for number in range(POSTS)]
    for row, (who, language) in zip(said, product((author, reader), ("en", FOREIGN)), strict=False):
        row |= {"author_id": who, "language": language}
    for row in said[4:]:
        row["author_id"] = author
    db.execute(insert(Follow).values(follower_id=reader, followed_id=author))
    db.execute(insert(Post), said)
    db.execute(
        insert(Login).values(
            digest=sessions.digest(SECRET), user_id=reader, expires_at=until, remembered=False, address="", user_agent=""
        )
    )
    db.execute(
        insert(AccessToken).values(user_id=reader, face="api", label="cuts", digest=access_tokens.digest(TOKEN), expires_at=until)
    )
    db.flush()


def _of_follower() -> dict[str, Any]:
    return {
        name: AUTHOR[name]
        for name in ("display_name", "about_me", "created_at", "last_seen_at", "post_count", "follower_count", "followed_count")
    }


def _with_gaps(text: str, gaps: Gaps) -> str:
    """A text for the operator %, with a gap wherever one of the values stands."""
    sought = re.compile("|".join(re.escape(value) for value in sorted(gaps, key=len, reverse=True)))
    parts, position = [], 0
    for match in sought.finditer(text):
        parts += [text[position : match.start()].replace("%", "%%"), f"%({gaps[match[0]]})s"]
        position = match.end()
    return "".join(parts) + text[position:].replace("%", "%%")


def _cards(page: str) -> dict[str, str]:
    """A post's card in four cuts: whether it is in another language than the page, and whether it is the reader's own."""
    found = dict(zip(CARD_ID.findall(page), CARD.findall(page), strict=True))
    cards = {}
    for number, (who, language) in enumerate(product((AUTHOR, READER), ("en", FOREIGN))):
        post_id = str(FIRST_POST - number)
        gaps = CARD_GAPS | {str(who[name]): gap for name, gap in BY_AUTHOR.items()} | {post_id: "id"}
        name = ("foreign " if language == FOREIGN else "") + ("own" if who is READER else "other")
        cards[name] = _with_gaps(found[post_id], gaps)
    return cards


def _around(page: str, gaps: Gaps) -> dict[str, str]:
    """What stands before, between and behind the cards of a page."""
    spans = [match.span() for match in CARD.finditer(page)]
    if not spans:
        raise BenchError("There are no posts on a page where posts should be, so it cannot be cut for the yardsticks.")
    last = CARD_ID.findall(page)[-1]
    between = page[spans[0][1] : spans[1][0]] if len(spans) > 1 else ""
    edges = {"head": page[: spans[0][0]], "tail": page[spans[-1][1] :]}
    return {name: _with_gaps(text, gaps | {last: "last"}) for name, text in edges.items()} | {"between": between}


def _list(text: str, gaps_of: Any, around: Gaps) -> dict[str, str]:
    """A JSON list: what stands before, between and behind its items, and one of them."""
    found = json.decode(text)
    items = [json.encode(item).decode() for item in found["items"]]
    head, _, rest = text.partition(items[0])
    tail = rest.rpartition(items[-1])[2]
    last = {str(found["items"][-1]["id"]): "last"}
    counts = {
        str(found["_meta"][name]): gap
        for name, gap in (("total_items", "total"), ("total_pages", "pages"))
        if found["_meta"][name]
    }
    gaps = around | last | counts
    return {
        "head": _with_gaps(head, gaps),
        "between": ",",
        "tail": _with_gaps(tail, gaps),
        "item": _with_gaps(items[1], gaps_of(found["items"][1])),
    }


def _quoted(value: Any) -> str:
    return json.encode(value).decode()


def _json_post_gaps(item: dict[str, Any]) -> Gaps:
    return {
        _quoted(item["body"]): "body",
        f'"language":{_quoted(item["language"])}': "language",
        f'"mentions":{_quoted(item["mentions"])}': "mentions",
        _quoted(item["created_at"]): "created_at",
        _quoted(item["author"]["username"]): "username",
        _quoted(item["author"]["display_name"]): "name",
        str(item["author"]["id"]): "author_id",
        item["id"]: "id",
    }


def _json_person_gaps(item: dict[str, Any]) -> Gaps:
    names = (
        "username",
        "display_name",
        "about_me",
        "created_at",
        "last_seen",
        "post_count",
        "follower_count",
        "followed_count",
        "id",
    )
    return {_quoted(item[name]): name for name in names}
