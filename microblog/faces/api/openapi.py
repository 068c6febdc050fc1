"""The API's own description (OpenAPI 3.1), made of the route table and the shapes, so that it says what they do."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from ... import __version__
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import Route, Urls, public
from . import collections
from .collections import Collection
from .door import LIMITS
from .refusals import Error
from .repeats import HEADER
from .typed import Contract, contract, json_response

TITLE = "Microblog"
DESCRIPTION = (
    "Everything that people can do on the site, for programs. Ask for a token with a username and a password (HTTP Basic), "
    "send it as `Authorization: Bearer …`, and follow the links. Whatever is refused says why: `error` is the reason, `message` "
    "a sentence for a person, `fields` what was wrong with which member. A POST that carries an `Idempotency-Key` is done once "
    "however often it is sent, for a day. Answers to GET have an `ETag`; send it as `If-None-Match` and hear 304 while nothing "
    "has changed."
)
CONVERTED = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
KINDS: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    float: {"type": "number"},
}
ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}

# What any request may run into, by the words of HTTP.
REFUSALS = {
    400: "It cannot be understood",
    401: "No token, or none that counts",
    403: "Not allowed",
    404: "Not there",
    409: "Not as things are",
    413: "Too large",
    415: "Not JSON",
    422: "A member that does not fit",
    429: "Too often; see Retry-After",
    500: "An unforeseen error; the administrator has been told",
    503: "The database is away; see Retry-After",
}


@public
def show(request: Request) -> Response:
    """This document."""
    return json_response(document(request.app.urls))


@lru_cache(maxsize=4)
def document(urls: Urls) -> dict[str, Any]:
    """The whole description for an instance at these addresses."""
    routes = [route for route in urls.routes if route.face.name == "api"]
    shapes = [shape for route in routes for shape in _shapes(contract(route.handler))]
    references, components = msgspec.json.schema_components([Error, *shapes], ref_template="#/components/schemas/{name}")
    named = dict(zip([Error, *shapes], references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = CONVERTED.sub(lambda found: "{" + found["name"] + "}", route.rule)
        paths.setdefault(path, {})[route.verb.lower()] = _operation(route, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": f"{urls.scheme}://{urls.host}{urls.mount}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _shapes(terms: Contract) -> Iterable[Any]:
    return (shape for shape in (terms.body, terms.answer) if shape is not None and shape is not Response)


def _operation(route: Route, named: dict[Any, Any]) -> dict[str, Any]:
    terms = contract(route.handler)
    noun = str(route.endpoint).split(".")[1]
    summary, _, rest = (route.handler.__doc__ or "").strip().partition("\n")
    text = " ".join((summary + " " + rest).split())
    operation: dict[str, Any] = {
        "tags": [noun.replace("_", " ")],
        "operationId": route.verb.lower() + CONVERTED.sub("by_id", route.rule).replace("/", "_"),
        "summary": text.partition(". ")[0].rstrip("."),
        "description": text,
        "parameters": [*_in_path(route), *_in_query(terms), *_in_headers(route)],
        "responses": _answers(route, terms, named),
    }
    if terms.body is not None:
        needs = bool(msgspec.structs.fields(terms.body)) and any(each.required for each in msgspec.structs.fields(terms.body))
        operation["requestBody"] = {"required": needs, "content": {"application/json": {"schema": named[terms.body]}}}
    if getattr(route.handler, "is_by_password", False):
        operation["security"] = [{"password": []}]
    elif route.is_public:
        operation["security"] = []
    return operation


def _in_path(route: Route) -> Iterable[dict[str, Any]]:
    for found in CONVERTED.finditer(route.rule):
        schema = ID if found["converter"] == "id" else {"type": "string"}
        yield {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _in_query(terms: Contract) -> Iterable[dict[str, Any]]:
    for name, parameter in terms.query.items():
        yield {"name": name, "in": "query", "required": parameter.is_required, "schema": KINDS[parameter.kind]}
    if getattr(terms.answer, "__origin__", None) is Collection:
        whole = {"type": "integer", "minimum": 1}
        size = whole | {"default": collections.PER_PAGE, "maximum": collections.MOST_PER_PAGE}
        yield {"name": "per_page", "in": "query", "schema": size}
        yield {"name": "page", "in": "query", "schema": whole}
        for name, text in (("before", "what comes before this id"), ("after", "what comes after this id")):
            yield {"name": name, "in": "query", "description": text, "schema": KINDS[int]}


def _in_headers(route: Route) -> Iterable[dict[str, Any]]:
    if route.verb == "POST":
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        yield {"name": HEADER, "in": "header", "description": "done once for a day under this key", "schema": schema}


def _answers(route: Route, terms: Contract, named: dict[Any, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {str(terms.status): _answer(terms, named)}
    if terms.status == 201:
        answers["201"]["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    if route.verb == "GET":
        answers["304"] = {"description": "What the caller has already"}
    refused = {"content": {"application/json": {"schema": named[Error]}}}
    for status in _refusals(route, terms):
        answers[str(status)] = {"description": REFUSALS[status]} | refused
    return answers


def _answer(terms: Contract, named: dict[Any, Any]) -> dict[str, Any]:
    if terms.answer is None:
        return {"description": "Done"}
    schema = {} if terms.answer is Response else named[terms.answer]
    media = "application/json"
    return {"description": "Done" if terms.status == 200 else "Made", "content": {media: {"schema": schema}}}


def _refusals(route: Route, terms: Contract) -> list[int]:
    """What a request of this route may run into."""
    found = {400, 413, 500, 503}
    if not route.is_public:
        found.add(401)
    if "<" in route.rule:
        found.add(404)
    if route.verb != "GET":
        found |= {403, 404, 409, 415, 422, 429}
    assert route.verb == "GET" or route.limit in LIMITS
    return sorted(found)
