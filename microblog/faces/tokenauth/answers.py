"""What is sent back: JSON, whatever happened."""

from typing import Any

from msgspec import json

from ...framework.response import Response


def as_json(value: Any, status: int | str = 200, **headers: str) -> Response:
    return Response(json.encode(value), status, mimetype="application/json", headers=headers)
