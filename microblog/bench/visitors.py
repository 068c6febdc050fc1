"""Visitors: people of the town who are logged in, and what wrk needs of them, in files that load.lua reads."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote_plus

from ..core import access_tokens, sessions
from ..framework.csrf import FormGuard
from ..framework.session import Cookies
from . import planting
from .sites import PAGE
from .town import Town
from .vocabulary import any_tongue, tongues

MOST_VISITORS = 5_000
MOST_SAMPLES = 5_000  # of posts to look at, of texts to write
MOST_VOTES = 40_000
DEEP = 400  # a page that is far down
IN_PUBLIC = 8  # visitors who stand for anybody
LONGEST_TEXT = 200  # characters; load.lua puts a mark behind it
STAYS = timedelta(days=1)


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in, with a browser and with a program."""

    id: int
    username: str
    secret: str
    cookie: str
    form_token: str
    access_token: str


def admit(cursor: Any, town: Town, *, cookies: Cookies, forms: FormGuard, key: str) -> list[Visitor]:
    """Log people in, as many as the town has or MOST_VISITORS, by rows in the database; what they carry is signed by the
    application's own means."""
    chosen = sorted(
        {*town.chance("visitors").sample(town.ids, min(town.people, MOST_VISITORS)), *town.steady, *town.busy, *town.curious}
    )
    visitors = [_visitor(person, town.usernames[person], cookies, forms, key) for person in chosen]
    until = datetime.now(UTC) + STAYS
    rows = ((sessions.digest(each.secret), each.id, until, "f", "127.0.0.1", "wrk") for each in visitors)
    planting.copy(cursor, "sessions", rows, ("digest", "user_id", "expires_at", "remembered", "address", "user_agent"))
    held = ((each.id, "api", "bench", access_tokens.digest(each.access_token), until) for each in visitors)
    planting.copy(cursor, "access_tokens", held, ("user_id", "face", "label", "digest", "expires_at"))
    return visitors


def _visitor(person: int, username: str, cookies: Cookies, forms: FormGuard, key: str) -> Visitor:
    def made(what: str) -> str:
        return hmac.new(key.encode(), f"{what} {person}".encode(), hashlib.sha256).hexdigest()

    secret = made("session")
    cookie = f"{cookies.session_name}={cookies.session_seal.sign(secret)}"
    return Visitor(person, username, secret, cookie, forms.token(secret), made("token")[:32])


@dataclass(frozen=True)
class Reader:
    """Somebody of a crowd: the place in the list of visitors, and the id before which page 400 of what they read begins."""

    place: int
    before: int = 0


Crowds = dict[str, list[Reader]]


def crowds(cursor: Any, town: Town, visitors: Sequence[Visitor]) -> Crowds:
    """Those whose pages some loads ask for, by the names of the town's groups, and as `public` a few who stand for anybody. Where
    a list is shorter than 400 pages, `before` leads to its last whole one. Everybody's first page has no polls on it while people
    write, so the one beside it has none."""
    places = {visitor.id: place for place, visitor in enumerate(visitors)}
    everything = _without_polls(cursor, _before(cursor, EVERYTHING))
    return {
        "public": [Reader(place, everything) for place in range(min(IN_PUBLIC, len(visitors)))],
        "steady": [Reader(places[person], _before(cursor, OWN_AND_READ, person)) for person in town.steady],
        "busy": [Reader(places[person]) for person in town.busy],
        "curious": [Reader(places[person]) for person in town.curious],
    }


EVERYTHING = "SELECT id FROM posts ORDER BY id DESC LIMIT %(most)s"
ONWARD = "SELECT id, has_poll FROM posts WHERE id < %s ORDER BY id DESC LIMIT 2000"
OWN_AND_READ = """
    SELECT id FROM posts
    WHERE author_id = %(reader)s OR author_id IN (SELECT followed_id FROM followers WHERE follower_id = %(reader)s)
    ORDER BY id DESC LIMIT %(most)s"""


def _before(cursor: Any, read: str, reader: int = 0) -> int:
    skipped = (DEEP - 1) * PAGE - 1
    cursor.execute(read, {"reader": reader, "most": skipped + PAGE + 2})
    ids = [post_id for (post_id,) in cursor.fetchall()]
    return int(ids[min(skipped, max(len(ids) - PAGE - 2, 0))])


def _without_polls(cursor: Any, before: int) -> int:
    """The nearest place from there on where a page begins that has no poll; the same place if there is none."""
    cursor.execute(ONWARD, [before])
    place, length = before, 0
    for post_id, has_poll in cursor.fetchall():
        if has_poll:
            place, length = int(post_id), 0
        else:
            length += 1
        if length > PAGE:
            return place
    return before


def write_down(folder: Path, cursor: Any, town: Town, visitors: Sequence[Visitor], crowds: Crowds) -> int:
    """Write the files: fields apart by tabs, each line something that a request can be made of. Gives how many votes are left."""
    chance = town.chance("requests")
    _write(folder, "people", [(each.id, each.username, each.cookie, each.form_token, each.access_token) for each in visitors])
    _write(folder, "crowds", [(name, each.place, each.before) for name, crowd in crowds.items() for each in crowd])
    cursor.execute("SELECT id FROM posts ORDER BY hashint8(id) LIMIT %s", [MOST_SAMPLES])
    _write(folder, "posts", cursor.fetchall())
    _write(folder, "searches", [(quote_plus(words), kind) for kind, words in _searches(chance)])
    _write(folder, "texts", [_written(text) for text in texts(chance, town)])
    votes = possible_votes(cursor, chance, visitors)
    _write(folder, "votes", votes)
    return len(votes)


def searches(chance: Random, kind: str = "search") -> list[str]:
    """What people look for: rare words mostly, common ones, two at once; or of these the rare (`search_rare`) or the common."""
    return [words for of, words in _searches(chance) if kind in ("search", f"search_{of}")]


def _searches(chance: Random) -> list[tuple[str, str]]:
    found = []
    for tongue in tongues().values():
        found += [("rare", word) for word in chance.sample(tongue.words[300:], 200)]
        found += [("common", word) for word in tongue.words[20:60]]
        found += [("two", " ".join(chance.sample(tongue.words[50:1_000], 2))) for _ in range(40)]
    return found


def texts(chance: Random, town: Town) -> list[str]:
    """What people are going to say; one in ten speaks of somebody."""
    found = [any_tongue(chance).text(chance, LONGEST_TEXT) for _ in range(MOST_SAMPLES // 5)]
    return [f"@{town.usernames[chance.choice(town.ids)]} {text}" if chance.random() < 0.1 else text for text in found]


def _written(text: str) -> tuple[str, str]:
    """A text for a form, and for a JSON string."""
    return quote_plus(text), json.dumps(text, ensure_ascii=False)[1:-1]


def possible_votes(cursor: Any, chance: Random, visitors: Sequence[Visitor]) -> list[tuple[int, int, int]]:
    """Polls that are open, for how many choices, and the places in the list of visitors who have not voted there, mixed."""
    cursor.execute(
        "SELECT polls.id, count(*), array(SELECT user_id FROM votes WHERE poll_id = polls.id)"
        " FROM polls JOIN poll_choices ON poll_id = polls.id"
        " WHERE post_id IS NOT NULL AND closes_at > now() + interval '1 hour' GROUP BY polls.id ORDER BY polls.id"
    )
    found = []
    for poll_id, choices, voters in cursor.fetchall():
        voted = set(voters)
        others = [place for place, each in enumerate(visitors) if each.id not in voted]
        found += [(poll_id, choices, place) for place in chance.sample(others, min(len(others), 200))]
    chance.shuffle(found)
    return found[:MOST_VOTES]


def _write(folder: Path, name: str, rows: Sequence[Sequence[Any]]) -> None:
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    (folder / f"{name}.tsv").write_text(text, "utf-8")
