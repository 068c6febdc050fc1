"""What the browser carries for us: a signed session secret, and a signed scrap of state for the page that comes next."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from msgspec import json
from werkzeug.http import dump_cookie

from .signing import Seal
from .text import BadInput, load_json

VALUE = re.compile(r"[A-Za-z0-9_.=-]{1,3800}", re.ASCII)
YEAR = 365 * 24 * 3600
MOST_FLASHES = 5
LARGEST_STATE = 3_600  # characters; a browser takes 4,093 for a cookie with its name and attributes


def read_cookie(header: str, name: str) -> str | None:
    """The value of one cookie, by RFC 6265: split at each semicolon, the name exact.

    A page of the same host outside our prefix can set a second cookie of our name; two values that differ count as none.
    """
    found = set()
    for pair in header.split(";"):
        key, equals, value = pair.strip(" \t").partition("=")
        if equals and key == name:
            found.add(value)
    value = found.pop() if len(found) == 1 else ""
    return value if VALUE.fullmatch(value) else None


class Cookies:
    """The names, the path and the seals of our two cookies under one mount."""

    def __init__(self, keys: Sequence[str], *, mount: str, secure: bool) -> None:
        mark = hashlib.sha256((mount + "/").encode()).hexdigest()[:8]
        self.session_name = ("__Secure-mb_" if secure else "mb_") + mark
        self.state_name = self.session_name + "_state"
        self.path = mount + "/"
        self.secure = secure
        self.session_seal = Seal(keys, "session cookie")
        self.state_seal = Seal(keys, "state cookie")

    def read(self, header: str) -> "Visit":
        """What the browser brought with this request."""
        secret = self.session_seal.open(read_cookie(header, self.session_name))
        return Visit(secret, self._read_state(read_cookie(header, self.state_name)))

    def write(self, visit: "Visit") -> list[str]:
        """The Set-Cookie headers for what has changed."""
        headers = []
        if visit.secret != visit.brought_secret:
            value = self.session_seal.sign(visit.secret) if visit.secret else ""
            headers.append(self._header(self.session_name, value, YEAR if visit.remember else None))
        if visit.state != visit.brought_state:
            headers.append(self._header(self.state_name, self._sealed_state(visit.state), None))
        return headers

    def _header(self, name: str, value: str, max_age: int | None) -> str:
        return dump_cookie(
            name,
            value,
            max_age=max_age if value else 0,
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def _sealed_state(self, state: dict[str, Any]) -> str:
        """The state as the cookie carries it. What does not fit goes: old sentences, then the way back, then all of them."""
        state = dict(state)
        while len(content := urlsafe_b64encode(json.encode(state)).decode()) > LARGEST_STATE:
            if len(state.get("flashes", ())) > 1:
                state["flashes"] = state["flashes"][1:]
            else:
                state.pop("next" if "next" in state else "flashes")
        return self.state_seal.sign(content) if state else ""

    def _read_state(self, sealed: str | None) -> dict[str, Any]:
        content = self.state_seal.open(sealed)
        if not content:
            return {}
        try:
            state = load_json(urlsafe_b64decode(content))
        except (BadInput, ValueError):
            return {}
        return state if isinstance(state, dict) else {}


class Visit:
    """One request's view of the cookies: the session's secret and the state, changed in place and written at the end."""

    def __init__(self, secret: str | None, state: dict[str, Any]) -> None:
        self.brought_secret = self.secret = secret
        self.brought_state = state
        self.state = dict(state)
        self.remember = False

    def begin(self, *, remember: bool) -> str:
        """A new session secret, never the old one: a cookie from before the login is worth nothing after it."""
        self.secret = secrets.token_urlsafe(32)
        self.remember = remember
        self.state.pop("seed", None)
        return self.secret

    def end(self) -> None:
        self.secret = None

    @property
    def binding(self) -> str:
        """What forms are bound to: the session, or for a stranger a seed that the state cookie carries."""
        if self.secret:
            return self.secret
        if "seed" not in self.state:
            self.state["seed"] = secrets.token_urlsafe(16)
        return str(self.state["seed"])

    def flash(self, text: str, kind: str = "info") -> None:
        """Keep a sentence for the next page that is drawn."""
        self.state["flashes"] = [*self.state.get("flashes", []), [kind, text]][-MOST_FLASHES:]

    @property
    def has_flashes(self) -> bool:
        """Whether there are sentences for the next page."""
        return bool(self.state.get("flashes"))

    def take_flashes(self) -> list[tuple[str, str]]:
        """The sentences kept for this page; they are shown once."""
        return [(kind, text) for kind, text in self.state.pop("flashes", [])]
