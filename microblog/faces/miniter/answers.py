"""What is sent back; words and nothing at all go out as HTML, as the framework of the source had it."""

from collections.abc import Mapping
from typing import Any

from msgspec import json

from ...framework.response import Response


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.encode(value), status, mimetype="application/json", headers=headers)
