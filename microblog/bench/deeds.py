"""Deeds: requests that write, as browsers and programs send them, for a profile; load.lua sends the same in a load test."""

import io
import json
from collections.abc import Sequence
from itertools import count
from random import Random
from typing import Any
from urllib.parse import urlencode

from . import BenchError
from .loads import WRITE
from .visitors import Visitor

DEEDS = tuple(WRITE)
EXPECTED = "bench.expected"  # in a request's environment: the status that it must be answered with
FOLLOWED_FOR = 4  # deeds, after which somebody no longer reads whom they have begun to read


class Deeds:
    """Makes requests of random people. `votes` are those that can be given: a poll, how many choices it has, and the place of the
    voter among the `people`."""

    def __init__(
        self, chance: Random, people: Sequence[Visitor], texts: Sequence[str], votes: Sequence[tuple[int, int, int]]
    ) -> None:
        self.chance, self.people, self.texts, self.votes = chance, people, texts, list(votes)
        self._numbers = count(1)
        self.following: list[tuple[Visitor, Visitor]] = []

    def environ(self, kind: str) -> dict[str, Any]:
        """What a request has in its environment besides what all have."""
        made: dict[str, Any] = getattr(self, f"_{kind}")()
        return made

    def _publish(self) -> dict[str, Any]:
        return _form(self.chance.choice(self.people), "/", nonce=f"profile{next(self._numbers)}", post=self._text())

    def _api_publish(self) -> dict[str, Any]:
        return self._json(self.chance.choice(self.people), "/api/posts", {"body": self._text()})

    def _follow(self) -> dict[str, Any]:
        if len(self.following) >= FOLLOWED_FOR:
            reader, author = self.following.pop(0)
            return _form(reader, f"/unfollow/{author.username}")
        reader, author = self.chance.sample(self.people, 2)
        self.following.append((reader, author))
        return _form(reader, f"/follow/{author.username}")

    def _vote(self) -> dict[str, Any]:
        if not self.votes:
            raise BenchError("Everybody has voted. Fewer --requests or more --people may help.")
        poll, choices, place = self.votes.pop()
        return self._json(self.people[place], f"/api/polls/{poll}/votes", {"choices": [self.chance.randint(1, choices)]})

    def _text(self) -> str:
        return self.chance.choice(self.texts)

    def _json(self, person: Visitor, path: str, members: dict[str, Any]) -> dict[str, Any]:
        key = f"profile{next(self._numbers)}"
        by = {"HTTP_AUTHORIZATION": f"Bearer {person.access_token}", "HTTP_IDEMPOTENCY_KEY": key}
        return by | _sent(path, json.dumps(members, ensure_ascii=False), "application/json", "201")


def _form(person: Visitor, path: str, **fields: str) -> dict[str, Any]:
    by = {"HTTP_COOKIE": person.cookie, "HTTP_SEC_FETCH_SITE": "same-origin"}
    fields = {"csrf_token": person.form_token, **fields}
    return by | _sent(path, urlencode(fields), "application/x-www-form-urlencoded", "303")


def _sent(path: str, text: str, media: str, expected: str) -> dict[str, Any]:
    body = text.encode()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": media,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        EXPECTED: expected,
    }
