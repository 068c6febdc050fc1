"""The API's own description (OpenAPI 3.1), made of the route table and the shapes, so that it says what they do."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from ... import __version__
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import Urls, public
from . import components, members, operations
from .refusals import Error
from .typed import JSON, Contract, contract

TITLE = "Microblog"
DESCRIPTION = (
    "Everything that people can do on the site, for programs. Ask for a token with a username and a password (HTTP Basic), "
    "send it as `Authorization: Bearer …`, and follow the links. Whatever is refused says why: `error` is the reason, `message` "
    "a sentence for a person, `fields` what was wrong with which member. A POST that carries an `Idempotency-Key` is done once "
    "however often it is sent, for a day. Answers to GET have an `ETag`; send it as `If-None-Match` and hear 304 while nothing "
    "has changed. Pages of any origin may ask, for no cookie is ever looked at."
)
GENERIC = re.compile(r'Collection_(\w+)_(?=")')  # what msgspec calls Collection[Post], which we call PostCollection


@public
def show(request: Request) -> Annotated[Response, dict[str, Any]]:
    """This description, for programs."""
    return Response(_encoded(request.app.urls, request.app.config.post_length), mimetype=JSON)


@lru_cache(maxsize=4)
def document(urls: Urls, post_length: int) -> dict[str, Any]:
    """The whole description for an instance at these addresses, where a post has at most so many characters."""
    routes = [route for route in urls.routes if route.face.name == "api"]
    spoken = [Error, *(shape for route in routes for shape in _shapes(contract(route.handler)))]
    named, schemas = _schemas(spoken, post_length)
    paths: dict[str, dict[str, Any]] = {}
    for route, name in zip(routes, operations.names(routes), strict=True):
        paths.setdefault(operations.path_of(route), {})[route.verb.lower()] = operations.operation(route, name, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": __version__, "description": DESCRIPTION, "license": {"name": "MIT"}},
        "servers": [{"url": f"{urls.scheme}://{urls.host}{urls.mount}"}],
        "externalDocs": {"description": "The same for people", "url": urls.address("api.docs.show")},
        "security": [{"token": []}],
        "tags": [{"name": name, "description": text} for name, text in components.TAGS.values()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": components.PARAMETERS,
            "headers": components.HEADERS,
            "responses": components.of_refusals(named[Error]),
            "securitySchemes": components.SECURITY,
        },
    }


@lru_cache(maxsize=4)
def _encoded(urls: Urls, post_length: int) -> bytes:
    return msgspec.json.encode(document(urls, post_length))


def _shapes(terms: Contract) -> Iterable[Any]:
    return (shape for shape in (terms.body, terms.answer) if shape is not None and shape is not Response)


def _schemas(spoken: list[Any], post_length: int) -> tuple[dict[Any, Any], dict[str, Any]]:
    """What stands for each shape in an operation, and the schemas it refers to."""
    found = msgspec.json.schema_components(spoken, ref_template="#/components/schemas/{name}")
    references, schemas = msgspec.json.decode(GENERIC.sub(r"\1Collection", msgspec.json.encode(found).decode()))
    for schema in schemas.values():
        del schema["title"]  # its name once more
        for each in schema.get("properties", {}).values():
            if each.get("maxLength") == members.LONGEST_TEXT:
                each["maxLength"] = post_length
    return dict(zip(spoken, references, strict=True)), schemas
