"""A request: everything that must not outlive it travels in it."""

import re
import secrets
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session
from werkzeug import Request as WerkzeugRequest
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from . import origins, replica
from .csrf import SAFE_METHODS
from .database import SOURCE
from .languages import Language, Message
from .pagination import Cursor
from .replica import Replica
from .response import NOT_KEPT, Response
from .session import Visit
from .text import BadInput, clean, decode, integer, load_json

if TYPE_CHECKING:
    from ..app import Application
    from .routing import Face, Route

MOST_FIELDS = 200
WRITTEN_UP_TO = "lsn"  # in the state that the browser carries: the position of its last write
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


class Request(WerkzeugRequest):
    """One request and what has been found out about it: the front door sets `user`, `face`, `route` and `arguments`."""

    user: Any = None
    face: "Face | None" = None
    route: "Route | None" = None
    arguments: Mapping[str, Any] = MappingProxyType({})
    found: Any = None  # what the page is about, where it was asked for together with the caller
    asks_replica = False
    may_be_stored = False  # once a commit has been asked for, nobody knows until it is answered

    def __init__(self, environ: dict[str, Any], app: "Application") -> None:
        super().__init__(environ)
        self.app = app
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self.id: str = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        self.promised_headers: dict[str, str] = {}  # of the answer, whatever it will be
        self._db: Session | None = None
        self._in_transaction = False

    # Text from outside

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE_METHODS

    def get_data(self, *arguments: Any, **options: Any) -> Any:
        """The body. One in chunks that goes on beyond the limit is a 413, too: Werkzeug would give its beginning alone."""
        body = super().get_data(*arguments, **options)
        most = self.max_content_length
        if body and self.content_length is None and most is not None and len(body) >= most:
            raise RequestEntityTooLarge
        return body

    @property
    def authorization(self) -> Authorization | None:
        """What the Authorization header says; None also for bytes beyond ASCII, over which Werkzeug stumbles."""
        try:
            return super().authorization
        except ValueError:
            return None

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query string as clean text, the first of each name; BadInput for bad bytes."""
        return _pairs(self.environ.get("QUERY_STRING", "").encode("latin-1"))

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields of the form as clean text, the first of each name; BadInput for bad bytes, 413 and 415 where they belong."""
        if self.mimetype == "application/x-www-form-urlencoded":
            return _pairs(self.get_data())
        if self.mimetype == "multipart/form-data":
            return self._parts()
        if self.get_data():
            raise UnsupportedMediaType
        return {}

    def _parts(self) -> dict[str, str]:
        """The fields of a form in parts. Werkzeug puts U+FFFD where bytes are no text; one that nobody sent is such a place."""
        raw = self.get_data()
        fields = {clean(name): clean(value) for name, value in self.form.items() if name}
        if "\ufffd" in "".join((*fields, *fields.values())) and "\ufffd".encode() not in raw:
            raise BadInput("The text is not valid UTF-8.")
        return fields

    @cached_property
    def json(self) -> Any:
        """The JSON document that the body is, whatever it is said to be; BadInput for what is none."""
        return load_json(self.get_data())

    @property
    def cursor(self) -> Cursor:
        """Where the reader of a list stands; whatever is not a number counts as not said."""
        before, after = (integer(self.query.get(name)) for name in ("before", "after"))
        return Cursor(before=before, after=after, page=integer(self.query.get("page"), least=1) or 1)

    # Postgres

    def _source(self) -> dict[str, str]:
        return {
            "face": self.face.name if self.face else "",
            "address": self.remote_addr or "",
            "user_agent": self.environ.get("HTTP_USER_AGENT", ""),
            "request_id": self.id,
        }

    @property
    def db(self) -> Session:
        """The request's way to Postgres: a plain view while reading, one transaction once it is about to write."""
        if self._db is None:
            self._db = self.app.database.writing() if self._in_transaction else self.app.database.reading()
            self._db.info[SOURCE] = self._source
        return self._db

    def begin(self) -> None:
        """From here on everything is one transaction, if this request may change anything; if it may not, and its page may lag a
        little, what it reads comes from the replica."""
        if not self.is_safe:
            self.release()
            self._in_transaction = True
        elif self.route and self.route.path.may_lag and (replica := self.app.replica) and self._may_ask(replica):
            self.release()
            self._db = replica.database.reading()
            self.asks_replica = True

    def _may_ask(self, replica: Replica) -> bool:
        """Whether the replica answers and shows all that this reader has written."""
        if replica.is_avoided:
            return False
        written = self.visit.state.get(WRITTEN_UP_TO)
        if written is None:
            return True
        self.asks_replica = True  # should it not answer, the front door shall know whose fault that was
        caught_up = replica.has_caught_up(written)
        self.asks_replica = False
        if caught_up:
            del self.visit.state[WRITTEN_UP_TO]
        return caught_up

    def commit(self) -> None:
        """Make what was written durable, and give the connection back."""
        if self._db is not None and self._in_transaction:
            self.may_be_stored = True
            self._db.commit()
            if self.app.replica and self.face and not self.face.is_open:
                self.visit.state[WRITTEN_UP_TO] = replica.position(self._db)
        self.release()

    def release(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._db is not None:
            self._db.close()
            self._db = None
        self._in_transaction = False

    # Cookies, links, languages

    @cached_property
    def visit(self) -> Visit:
        return self.app.cookies.read(self.environ.get("HTTP_COOKIE", ""))

    def start_over(self) -> None:
        """Forget what handling has changed so far, to handle the request once more."""
        self.release()
        self.user, self.asks_replica = None, False
        self.__dict__.pop("visit", None)

    def marks(self) -> dict[str, Any]:
        """What each line that is logged while this request is in hand says of it."""
        endpoint = self.route.endpoint if self.route else None
        return {"request_id": self.id, "user_id": getattr(self.user, "id", None), "endpoint": endpoint}

    @property
    def shown_path(self) -> str:
        """The path as a log may show it: a token in it opens something to whoever reads it."""
        token = self.arguments.get("token")
        return self.path.replace(str(token), "…") if token else self.path

    def url_for(self, endpoint: str, **values: Any) -> str:
        return self.app.urls.path(endpoint, **values)

    @property
    def here(self) -> str:
        """The path and query of this request, prefix included, for coming back to it."""
        query = self.environ.get("QUERY_STRING", "")
        return self.app.urls.mount + self.path + (f"?{query}" if query else "")

    @cached_property
    def language(self) -> Language:
        """The person's own language, else the best that their browser asks for."""
        own = self.app.languages.get(getattr(self.user, "language", None))
        return own or self.app.languages.choose(self.environ.get("HTTP_ACCEPT_LANGUAGE", "")[:200])

    def say(self, message: Message | str) -> str:
        return self.language.say(message)

    def finish(self, response: Response) -> Response:
        """Put on an answer what every answer carries: changed cookies, how long it may be kept, security, the request's id."""
        headers = response.headers
        if "visit" in self.__dict__:
            for cookie in self.app.cookies.write(self.visit):
                headers.add("Set-Cookie", cookie)
        if self.promised_headers:
            headers.update(self.promised_headers)
        if self.face and self.face.is_open:
            headers.extend(origins.HEADERS)
        guards = self.app.guards
        own = {name.lower() for name, _ in headers}
        further = [*guards.values()] if own.isdisjoint(guards) else [pair for name, pair in guards.items() if name not in own]
        if "cache-control" not in own:
            is_good = self.route and response.status_code < 300
            further.append(("Cache-Control", self.route.cache if is_good else NOT_KEPT))  # type: ignore[union-attr]
        further.append(("X-Request-ID", self.id))
        response.further = further
        return response


def _pairs(raw: bytes) -> dict[str, str]:
    """The pairs of an urlencoded text, the first of each name."""
    try:
        found = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadInput("The text is not valid UTF-8, or there are too many fields.") from error
    pairs: dict[str, str] = {}
    for name, value in found:
        pairs.setdefault(clean(name), clean(value))
    return pairs


def decoded_path(environ: dict[str, Any]) -> str:
    """The path of a request below the mount as text; BadInput for bytes that are no UTF-8 and for control characters."""
    path = decode(environ.get("PATH_INFO", "").encode("latin-1"))
    if any(ord(character) < 0x20 for character in path):
        raise BadInput("The path has a control character.")
    return path
