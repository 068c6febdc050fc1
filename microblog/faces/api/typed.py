"""How a handler of the API says what it takes and gives: by its signature, from which the OpenAPI document is made, too.

    def update(request: Request, post_id: int, body: shapes.PostText, *, draft: bool = False) -> shapes.Post

`body` is the JSON object that is sent, what stands behind the star is taken from the query, and what comes back is what is sent:
a shape (200), `Created[shape]` (201 with Location), None (204), or a Response as it is: `Annotated[Response, shape]` says what is
in it, with the media type behind it where that is not JSON.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin

import msgspec

from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import Handler, Route
from ...framework.text import BadInput, decimal, integer
from .. import bodies, gravatars

Shape = TypeVar("Shape")
JSON = "application/json"


@dataclass(frozen=True)
class Created(Generic[Shape]):
    """What has been made, and the path at which it can be read from now on."""

    thing: Shape
    location: str


class Misshapen(Exception):
    """A JSON object that is not what a handler takes: `errors` has the path of the member and what is wrong with it."""

    def __init__(self, errors: dict[str, Message], message: Message, status: int = 422) -> None:
        super().__init__(str(errors))
        self.errors, self.message, self.status = errors, message, status


@dataclass(frozen=True)
class Parameter:
    """One parameter of the query: its type (str, int or float) and its default; without one (`...`) it must be sent."""

    kind: type
    default: Any

    @property
    def is_required(self) -> bool:
        return self.default is ...


@dataclass(frozen=True)
class Contract:
    """What a handler takes and gives."""

    body: Any  # a msgspec.Struct, or None
    query: Mapping[str, Parameter]
    answer: Any  # what is sent: a shape, None, or Response
    status: int
    media: str = JSON

    def taken(self, request: Request) -> dict[str, Any]:
        """The arguments that the request brings besides those in its path."""
        arguments = {name: _from_query(request, name, parameter) for name, parameter in self.query.items()}
        if self.body is not None:
            arguments["body"] = _from_body(request, self.body)
        return arguments

    def given(self, answer: Any) -> Response:
        """What a handler has given, as a Response."""
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status=204)
        if isinstance(answer, Created):
            return json_response(answer.thing, 201, Location=answer.location)
        return json_response(answer)


@cache
def contract(handler: Handler) -> Contract:
    """The contract in a handler's signature."""
    found = inspect.signature(handler, eval_str=True)
    query = {
        name: Parameter(_bare(each.annotation), ... if each.default is inspect.Parameter.empty else each.default)
        for name, each in found.parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }
    body = found.parameters["body"].annotation if "body" in found.parameters else None
    answer, status, media = found.return_annotation, 200, JSON
    if get_origin(answer) is Annotated:
        _, answer, media = (*get_args(answer), JSON)[:3]
    elif get_origin(answer) is Created:
        (answer,), status = get_args(answer), 201
    elif answer in (None, NoneType):
        answer, status = None, 204
    return Contract(body, query, answer, status, media)


def first(check: Callable[..., None]) -> Callable[[Handler], Handler]:
    """Have something checked by the values in the path before the body is looked at: whether one may do this at all."""

    def marked(handler: Handler) -> Handler:
        handler.checked_first = check  # type: ignore[attr-defined]
        return handler

    return marked


def call(request: Request, route: Route, arguments: Mapping[str, Any]) -> Response:
    """Have a handler answer as its signature says. A reader who has the same answer already is told so (304)."""
    terms = contract(route.handler)
    if check := getattr(route.handler, "checked_first", None):
        check(request, **arguments)
    response = terms.given(route.handler(request, **arguments, **terms.taken(request)))
    if request.app.config.avatars == "gravatar" and response.is_json:
        response.set_data(gravatars.complete(request.db, response.get_data(as_text=True), gravatars.GAP_IN_JSON))
    if request.is_safe and response.status_code == 200 and not response.is_streamed:
        response.add_etag()
        response.headers["Vary"] = "Authorization, Accept-Language"
        response.headers["Cache-Control"] = route.cache  # also of a 304, which renews what the caller has kept
        if "HTTP_IF_NONE_MATCH" in request.environ:
            response.make_conditional(request)
    return response


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    return Response(msgspec.json.encode(value), status, mimetype=JSON, headers=headers)


def _bare(annotation: Any) -> Any:
    """The type of an annotation such as `int | None`."""
    if get_origin(annotation) is UnionType:
        return next(each for each in get_args(annotation) if each is not NoneType)
    return annotation


def _from_query(request: Request, name: str, parameter: Parameter) -> Any:
    text = request.query.get(name)
    if text is None:
        if parameter.is_required:
            raise _unlike(name, Message("The query must have %(name)s.", name=name))
        return parameter.default
    if parameter.kind is str:
        return text
    if parameter.kind is int:
        number: float | None = integer(text)
        complaint = Message("%(name)s must be a whole number.", name=name)
    else:
        number, complaint = decimal(text), Message("%(name)s must be a number.", name=name)
    if number is None:
        raise _unlike(name, complaint)
    return number


def _unlike(name: str, complaint: Message) -> Misshapen:
    return Misshapen({name: complaint}, complaint, 400)


def _from_body(request: Request, shape: Any) -> Any:
    is_sent = bool(request.get_data())
    members = bodies.json_object(request) if is_sent else {}
    try:
        return msgspec.convert(members, shape)
    except msgspec.ValidationError as error:
        raise _misshapen(str(error), shape, is_sent=is_sent) from error


def _misshapen(text: str, shape: Any, *, is_sent: bool) -> Exception:
    """What msgspec says, as the path of the member and a sentence."""
    what, _, place = text.partition(" - at `$")
    path = place.strip("`").lstrip(".")
    if what.startswith(("Object contains unknown field `", "Object missing required field `")):
        path = ".".join(part for part in (path, what.partition("`")[2].rstrip("`")) if part)
        if "missing" in what:
            complaint = Message("%(member)s is missing.", member=path)
            if isinstance(own := getattr(shape, "when_missing", None), Message):
                return Misshapen({path: complaint}, own, 400)
            return Misshapen({path: complaint}, complaint) if is_sent else BadInput("The body must be a JSON object.")
        complaint = Message("%(member)s is not known here.", member=path)
    else:
        path, detail = path or "body", what.replace("`", "")
        complaint = Message("%(member)s does not fit: %(detail)s.", member=path, detail=detail)
    return Misshapen({path: complaint}, complaint)
