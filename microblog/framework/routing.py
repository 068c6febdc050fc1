"""Routes as tables: a row a URL, a column a verb, the function itself rather than its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from werkzeug.routing import BaseConverter, Map, MapAdapter, RequestRedirect, Rule

from .text import HANDLE, LARGEST_INTEGER

if TYPE_CHECKING:
    from .request import Request
    from .response import Response

Handler = Callable[..., Any]  # mostly a Response; a face may have its handlers give what its own `call` makes one of
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def public(handler: Handler) -> Handler:
    """Open a handler to strangers. All others are closed."""
    handler.is_public = True  # type: ignore[attr-defined]
    return handler


class Path:
    """A row of a face's table: the URL, its handlers by verb, and what differs from the face's own rules.

    `body` is the most bytes a request may carry, `limit` names the rate limit of its unsafe verbs, `cache` is the
    Cache-Control of its good answers. `anonymous` paths know no caller at all: no cookie is read and nobody is looked up.
    What stands on a page that `may_lag` may be some seconds old, so that a replica can answer; its handlers write nothing.
    `identify` is how it knows its caller where the face's way would cost a query more.
    What machines ask every few seconds to watch over us is not `counted` among the requests.
    A `sensitive` page is for those who have shown their password a short while ago.
    """

    def __init__(
        self,
        rule: str,
        *,
        body: int | None = None,
        limit: str | None = None,
        cache: str | None = None,
        anonymous: bool = False,
        may_lag: bool = False,
        counted: bool = True,
        sensitive: bool = False,
        identify: Callable[["Request"], Any] | None = None,
        **handlers: Handler,
    ) -> None:
        if not handlers or not handlers.keys() <= VERBS:
            raise ValueError(f"{rule} answers {sorted(handlers)}, which are not verbs.")
        self.rule, self.body, self.limit, self.cache, self.anonymous = rule, body, limit, cache, anonymous
        self.may_lag, self.counted, self.identify, self.sensitive = may_lag, counted, identify, sensitive
        self.handlers = handlers


def straight(request: "Request", route: "Route", arguments: Mapping[str, Any]) -> "Response":
    """The plainest way to have a handler answer."""
    return route.handler(request, **arguments)


@dataclass(frozen=True)
class Face:
    """One way of talking to the product: its table, how it knows its caller, what it checks first, and how it says no.

    `call` has a handler answer, in the transaction that its answer belongs to. A face that `is_open` takes no cookies, so that
    pages of any origin may talk to it.
    """

    name: str
    prefix: str
    paths: Sequence[Path]
    identify: Callable[["Request"], Any]
    guard: Callable[["Request", "Route"], None]
    refuse: Callable[["Request", Exception], "Response"]
    body: int  # bytes
    limit: str
    cache: str
    call: Callable[["Request", "Route", Mapping[str, Any]], "Response"] = straight
    is_open: bool = False


class Route(Rule):
    """A row and a verb, with everything the front door must know before a handler runs."""

    def __init__(self, face: Face, path: Path, verb: str, handler: Handler) -> None:
        self.face = face
        self.path = path
        self.handler = handler
        self.verb = verb
        self.is_public: bool = getattr(handler, "is_public", False)
        self.body = face.body if path.body is None else path.body
        self.limit = face.limit if path.limit is None else path.limit
        self.cache = face.cache if path.cache is None else path.cache
        self.identify = path.identify or face.identify
        if path.anonymous and not self.is_public:
            raise ValueError(f"{path.rule} knows no caller, so {handler.__name__} must be public.")
        super().__init__(face.prefix + path.rule, endpoint=address(face, handler), methods=[verb])


def address(face: Face, handler: Handler) -> str:
    """Where a handler lives, as face, module and function: web.posts.show."""
    return f"{face.name}.{handler.__module__.rpartition('.')[2]}.{handler.__name__}"


def up_to(most: int) -> str:
    """The regular expression of the whole numbers from 1 to `most`, without leading zeros."""
    digits = str(most)
    parts = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        least = 0 if place else 1
        if int(digit) > least:
            parts.append(f"{digits[:place]}[{least}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}")
    return "|".join([*parts, digits])


class IdConverter(BaseConverter):
    """An id in a URL: ASCII digits, no leading zero, within what the database can hold.

    The expression says all of it: what only `to_python` refuses would be a 405 where the path has several verbs.
    """

    regex = up_to(LARGEST_INTEGER)

    def to_python(self, value: str) -> int:
        return int(value)


class HandleConverter(BaseConverter):
    """A username in a URL."""

    regex = HANDLE


MOST_LINKS_KEPT = 4_096
MOST_MATCHES_KEPT = 2_048
LONGEST_KEPT = 100  # characters of a path whose match is kept


class Urls:
    """All faces on one map. Links are made from the configured address; what a request says of its host makes none."""

    def __init__(self, faces: Sequence[Face], *, scheme: str, host: str, mount: str) -> None:
        self.faces = faces
        self.scheme, self.host, self.mount = scheme, host, mount
        self.routes = list(_routes(faces))
        self.map = Map(self.routes, converters={"id": IdConverter, "handle": HandleConverter})
        self._links = self.bind("/")
        # A page has dozens of links, most of them the same as on the page before; building one costs 10 µs.
        self._path = lru_cache(maxsize=MOST_LINKS_KEPT)(lambda endpoint, values: self._links.build(endpoint, dict(values)))
        self._numbered = cache(self._write_form)
        # Which route a path leads to depends on the table alone; finding it costs 15 µs.
        self._kept_match = lru_cache(maxsize=MOST_MATCHES_KEPT)(self._match)

    def bind(self, path: str, method: str = "GET", query: str = "") -> MapAdapter:
        """The map as one request sees it."""
        return self.map.bind(
            self.host,
            script_name=self.mount + "/",
            url_scheme=self.scheme,
            path_info=path,
            default_method=method,
            query_args=query,
        )

    def match(self, path: str, method: str, query: str) -> tuple[Route, Mapping[str, Any]]:
        """The route of a request and the values in its path; raises Werkzeug's NotFound, MethodNotAllowed and RequestRedirect."""
        if len(path) > LONGEST_KEPT:
            return self._match(path, method, query)
        try:
            return self._kept_match(path, method)
        except RequestRedirect:
            return self._match(path, method, query)

    def _match(self, path: str, method: str, query: str = "") -> tuple[Route, Mapping[str, Any]]:
        route, arguments = self.bind(path, method, query).match(return_rule=True)
        return cast(Route, route), MappingProxyType(arguments)

    def face_at(self, path: str) -> Face:
        """The face that speaks at a path, also where it has no page: the one with the longest prefix."""
        fitting = (face for face in self.faces if path == face.prefix or path.startswith(face.prefix + "/"))
        return max(fitting, key=lambda face: len(face.prefix), default=self.faces[0])

    def path(self, endpoint: str, **values: Any) -> str:
        """A link within the site, mount prefix included. Values that are None are left out."""
        return self._path(endpoint, tuple(values.items()))

    def numbered(self, endpoint: str, *names: str) -> Callable[[Any], str]:
        """What makes links that differ in a number, for lists: each costs a fifth of one by `path`. It takes the number, or a
        tuple of them where several have a name."""
        return self._numbered(endpoint, names)

    def _write_form(self, endpoint: str, names: Sequence[str]) -> Callable[[Any], str]:
        samples = {name: LARGEST_INTEGER - place for place, name in enumerate(names)}
        form = self._links.build(endpoint, samples).replace("%", "%%")
        for sample in samples.values():
            form = form.replace(str(sample), "%d")
        return form.__mod__

    def address(self, endpoint: str, **values: Any) -> str:
        """A link from anywhere, with scheme and host."""
        return self._links.build(endpoint, values, force_external=True)


def _routes(faces: Sequence[Face]) -> Iterator[Route]:
    for face in faces:
        for path in face.paths:
            for verb, handler in path.handlers.items():
                yield Route(face, path, verb, handler)
