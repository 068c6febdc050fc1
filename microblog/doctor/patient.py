"""The installation that is looked at: what several checks want to know of it, asked once."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from msgspec import DecodeError, json
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..config import Config
from ..framework.database import Database
from ..framework.knocks import GOOD_FOR, HEADER, Knocks
from ..framework.replica import Replica
from ..framework.standing import standing
from .door import Answer, Door
from .verdicts import Unseen

T = TypeVar("T")

FORGED_ADDRESS = "198.51.100.23"  # nobody's (RFC 5737)
FORGED_ID = "the-doctors-own-request"
# What a client may write itself and nobody must believe: the name as the application sees it, and what is sent.
FORGED = {
    "X_FORWARDED_FOR": FORGED_ADDRESS,
    "X_FORWARDED_HOST": "doctor.invalid",
    "X_FORWARDED_PREFIX": "/doctor-invalid",
    "FORWARDED": f"for={FORGED_ADDRESS};host=doctor.invalid",
    "PROXY": "http://doctor.invalid/",
    "SCRIPT_NAME": "/doctor-invalid",
}
CHUNKED = 20_000
NAME = "microblog doctor"  # in Postgres' list of connections
PAGE = "/auth/login"  # the page that everybody may see and that is made for one browser


class Patient:
    """What the settings say, and what has been seen. Whatever could not be seen raises Unseen each time it is asked for."""

    def __init__(self, config: Config, door: Door, *, clock: Callable[[], float] = time.time) -> None:
        self.config, self.door, self.clock = config, door, clock
        self.root: Path = config.root
        self.mount = config.mount
        self.knocks = Knocks(config.secret_keys)
        self.database = Database(config.database_url, connections=1, name=NAME, pooled=config.is_pooled)
        self.lag = 0.0  # seconds by which the site's clock differs, if it is so much that no knock would be heard
        self._kept: dict[str, Any] = {}

    def close(self) -> None:
        self.database.close()

    def once(self, name: str, look: Callable[[], T]) -> T:
        """What `look` gives, or the Unseen that it raises; it is asked the first time only."""
        if name not in self._kept:
            try:
                self._kept[name] = look()
            except Unseen as unseen:
                self._kept[name] = unseen
        found = self._kept[name]
        if isinstance(found, Unseen):
            raise found
        return found

    # Through the front door

    @property
    def first(self) -> Answer:
        """Whatever answers where Microblog should say that it lives."""
        return self.once("first", lambda: self.door.ask("GET", "/livez"))

    @property
    def alive(self) -> Answer:
        """The same, if it is a Microblog."""
        if self.first.status != 200 or self.first.text != "alive\n":
            raise Unseen(f"No Microblog answers at {self.config.public_url}.")
        return self.first

    @property
    def page(self) -> Answer:
        """A page as a browser gets it, not compressed."""
        return self.once("page", lambda: self._page({}))

    @property
    def packed(self) -> Answer:
        """The same page for a browser that takes it compressed."""
        return self.once("packed", lambda: self._page({"Accept-Encoding": "gzip"}))

    def _page(self, headers: dict[str, str]) -> Answer:
        _ = self.alive
        answer = self.door.ask("GET", PAGE, headers)
        if answer.status != 200:
            raise Unseen(f"{self.mount}{PAGE} answers {answer.status}.")
        return answer

    @property
    def style(self) -> tuple[str, str]:
        """The path of a style sheet below the mount, as the page links to it: (fingerprint, name)."""
        found = re.search(r'href="([^"]*)/static/([0-9a-f]+)/([^"]+\.css)"', self.page.text)
        if not found:
            raise Unseen("The page links to no style sheet.")
        return found[2], found[3]

    def asset(self, *, packed: bool = False) -> Answer:
        """That style sheet."""
        path = "/static/{}/{}".format(*self.style)
        headers = {"Accept-Encoding": "gzip"} if packed else {}
        return self.once(f"asset {packed}", lambda: self.door.ask("GET", path, headers))

    @property
    def judges_unread(self) -> bool:
        """Whether what answers says of a body what becomes of it before it has read it, as nginx does."""
        return self.once("judges unread", self._judges_unread)

    def _judges_unread(self) -> bool:
        try:
            return self.door.offer("/livez", 1) == 100
        except Unseen:
            return False

    # By a knock

    def knocked(self) -> tuple[Answer, dict[str, Any] | None]:
        """What a knock is answered with, and what is told if it was heard by somebody who holds our secret."""
        return self.once("knocked", self._knock)

    def _knock(self) -> tuple[Answer, dict[str, Any] | None]:
        _ = self.alive
        answer, told = self._try("GET", {})
        lag = (answer.date or self.clock()) - self.clock()
        if told is None and abs(lag) > GOOD_FOR / 2:  # a clock goes wrong: that is for another check to say
            self.lag = lag
            answer, told = self._try("GET", {})
        return answer, told

    @property
    def probe(self) -> dict[str, Any]:
        """What the running site tells about itself and about a plain request of ours."""
        told = self.knocked()[1]
        if told is None:
            raise Unseen("What answers does not know our SECRET_KEY.")
        return told

    @property
    def forged(self) -> dict[str, Any]:
        """What it tells about a request that claims what is not true."""
        scheme = "http" if self.door.scheme == "https" else "https"
        headers = {name.replace("_", "-").title(): value for name, value in FORGED.items()}
        headers |= {"X-Forwarded-Proto": scheme, "X-Forwarded-Ssl": "on" if scheme == "https" else "off"}
        headers |= {"X-Real-Ip": FORGED_ADDRESS, "X-Request-Id": FORGED_ID}
        return self.once("forged", lambda: self._knock_again("GET", headers))

    @property
    def chunked(self) -> dict[str, Any]:
        """What it tells about a request with a body in two chunks, of CHUNKED bytes together."""
        body = [b"x" * (CHUNKED // 2)] * 2
        return self.once("chunked", lambda: self._knock_again("POST", {}, body))

    def _knock_again(self, method: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
        _ = self.probe
        answer, told = self._try(method, headers, body)
        if told is None:
            raise Unseen(f"{method} {self.mount}/doctor answers {answer.status}.")
        return told

    def _try(self, method: str, headers: dict[str, str], body: Any = None) -> tuple[Answer, dict[str, Any] | None]:
        knock = self.knocks.make(self.clock() + self.lag)
        answer = self.door.ask(method, "/doctor", {**headers, HEADER: knock}, body=body, as_other=True)
        try:
            told = json.decode(answer.body)
        except DecodeError:
            return answer, None
        is_ours = isinstance(told, dict) and self.knocks.is_answer(told.get("answer"), knock)
        return answer, told if is_ours else None

    @property
    def knows_probe(self) -> bool:
        """Whether the running site can be asked."""
        try:
            return bool(self.probe)
        except Unseen:
            return False

    @property
    def uwsgi(self) -> dict[str, Any] | None:
        """What the uWSGI in which the site runs was started with; None if something else serves."""
        return self.probe["process"]["uwsgi"]

    # In Postgres

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A view of our own on the database; Unseen if it does not answer."""
        try:
            with self.database.reading() as db:
                yield db
        except (SQLAlchemyError, psycopg2.Error) as error:
            raise Unseen(f"The database does not answer as it should: {reason(error)}") from error

    @property
    def store(self) -> dict[str, Any]:
        """How things stand with the database as we reach it."""
        return self.once("store", self._store)

    def _store(self) -> dict[str, Any]:
        with self.reading() as db:
            began = self.clock()
            return standing(db) | {"began": began, "ended": self.clock()}

    def replica(self) -> Replica:
        """The read replica that the settings name; the caller closes its database."""
        return Replica(Database(self.config.database_replica_url, connections=1, name=NAME, pooled=self.config.is_pooled))


def reason(error: Exception) -> str:
    """The first line of what a driver says, without the statement and the link to SQLAlchemy's manual."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0] if said else type(error).__name__
