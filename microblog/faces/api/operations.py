"""One operation of the API's description: what its route, its handler's signature and its handler's own words say."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs

from ...framework.response import Response
from ...framework.routing import Route
from . import components
from .collections import Collection
from .components import of_headers
from .door import LIMITS
from .repeats import HEADER
from .typed import Contract, contract

CONVERTED = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
STATUS = re.compile(r"\b4[0-9][0-9]\b")
PAGING = ("page", "per_page", "before", "after")
ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}
KINDS: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    float: {"type": "number", "minimum": 0, "maximum": 10**12},
}

# What the parameters of paths and queries are.
MEANINGS = {
    "user_id": "a person",
    "post_id": "a post",
    "poll_id": "a poll: its `id`, which is not that of its post",
    "message_id": "a message",
    "notification_id": "a line of what the caller is told",
    "token_id": "a token: its `id` in the list, not what it says",
    "task_id": "an export",
    "since": "Unix time: the `timestamp` of the last signal that is known",
    "q": "what to look for",
}


def path_of(route: Route) -> str:
    """A route's path as OpenAPI writes it: /api/posts/{post_id}."""
    return CONVERTED.sub(lambda found: "{" + found["name"] + "}", route.rule)


def names(routes: Sequence[Route]) -> list[str]:
    """A name for each: the address of its handler, as posts.create. Where several routes share a handler the first one has it,
    and the others say how they differ."""
    first: dict[str, Route] = {}
    return [_name(route, first.setdefault(str(route.endpoint), route)) for route in routes]


def _name(route: Route, first: Route) -> str:
    address = str(route.endpoint).partition(".")[2]
    if route is first:
        return address
    if route.rule == first.rule:
        return f"{address.partition('.')[0]}.{route.verb.lower()}"
    more = len(route.arguments) - len(first.arguments)
    return f"{address}_{'by_id' if more > 0 else 'all' if more < 0 else route.rule.rpartition('/')[2]}"


def operation(route: Route, name: str, schemas: dict[Any, Any]) -> dict[str, Any]:
    """The operation of a route; `schemas` are those of the shapes."""
    terms = contract(route.handler)
    text = " ".join((route.handler.__doc__ or "").split())
    found: dict[str, Any] = {
        "tags": [components.tag_of(route.rule)],
        "operationId": name,
        "summary": text.partition(". ")[0].rstrip("."),
        "description": text,
        "parameters": [*_in_path(route), *_in_query(route, terms), *_in_headers(route)],
        "responses": _answers(route, terms, text, schemas),
    }
    if terms.body is not None:
        is_needed = any(member.required for member in structs.fields(terms.body))
        found["requestBody"] = {"required": is_needed, "content": {terms.media: {"schema": schemas[terms.body]}}}
    if _is_by_password(route):
        found["security"] = [{"password": []}]
    elif route.is_public:
        found["security"] = []
    if route.verb != "GET":
        limit = LIMITS[route.limit]
        found["x-rate-limit"] = {"times": limit.times, "seconds": int(limit.period.total_seconds())}
    return found


def _is_by_password(route: Route) -> bool:
    return getattr(route.handler, "is_by_password", False)


def _in_path(route: Route) -> Iterable[dict[str, Any]]:
    for each in CONVERTED.finditer(route.rule):
        schema = ID if each["converter"] == "id" else {"type": "string"}
        yield {"name": each["name"], "in": "path", "required": True, "description": MEANINGS[each["name"]], "schema": schema}


def _in_query(route: Route, terms: Contract) -> Iterable[dict[str, Any]]:
    for name, each in terms.query.items():
        schema = KINDS[each.kind] | ({} if each.default in (..., None) else {"default": each.default})
        yield {"name": name, "in": "query", "required": each.is_required, "description": MEANINGS[name], "schema": schema}
    if getattr(terms.answer, "__origin__", None) is Collection:
        for name in getattr(route.handler, "paged_by", PAGING):
            yield _parameter(name)


def _in_headers(route: Route) -> Iterable[dict[str, Any]]:
    if route.verb == "POST":
        yield _parameter(HEADER)
    elif route.verb == "GET":
        yield _parameter("If-None-Match")


def _parameter(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{name}"}


def _answers(route: Route, terms: Contract, text: str, schemas: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": {200: "Done", 201: "Made", 204: "Done; there is nothing to say"}[terms.status]}
    good["headers"] = of_headers("X-Request-ID", *_headers(route, terms))
    if terms.answer is not None:
        good["content"] = {terms.media: {"schema": {} if terms.answer is Response else schemas[terms.answer]}}
    answers = {str(terms.status): good}
    if route.verb == "GET":
        answers["304"] = {"description": "As the caller has it already", "headers": of_headers("X-Request-ID", "ETag")}
    for status in sorted(_refusals(route, terms, text)):
        answers[str(status)] = {"$ref": f"#/components/responses/{components.REFUSALS[status][0]}"}
    return answers


def _headers(route: Route, terms: Contract) -> Iterable[str]:
    if route.verb == "GET":
        return ("ETag",)
    again = ("Idempotent-Replayed",) if route.verb == "POST" and not _is_by_password(route) else ()
    return (*(("Location",) if terms.status == 201 else ()), *again, *components.RATES)


def _refusals(route: Route, terms: Contract, text: str) -> set[int]:
    """What a request of this route may run into; what only some do their handlers say in words."""
    found = {400, 500, 503} | {int(status) for status in STATUS.findall(text)}
    if not route.is_public:
        found.add(401)
    if route.arguments:
        found.add(404)
    if route.verb != "GET":
        found.add(429)
    if route.verb == "POST":  # a key may belong to another request, of which the body is a part
        found |= {413, 422}
    if terms.body is not None:
        found |= {413, 415, 422}
    return found
