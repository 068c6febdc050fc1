"""The API's description for people: one page, without scripts, from our own address."""

from typing import Any

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import openapi


@public
def show(request: Request) -> Response:
    """All that the OpenAPI document says, to be read."""
    described = openapi.document(request.app.urls)
    values = {"api": described, "tags": _by_tag(described)}
    return Response(request.app.templates.render(request.language, "docs/show.html", values))


def _by_tag(described: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations as a reader looks for them: by what they are about."""
    tags: dict[str, dict[str, Any]] = {}
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            name = operation["tags"][0]
            tag = tags.setdefault(name, {"name": name, "id": "about-" + name.replace(" ", "-"), "operations": []})
            tag["operations"].append((path, verb.upper(), operation))
    return list(tags.values())
