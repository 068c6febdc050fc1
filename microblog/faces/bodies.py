"""What the bodies of programs' requests are: JSON objects."""

from typing import Any

from werkzeug.exceptions import UnsupportedMediaType

from ..framework.request import Request
from ..framework.text import BadInput


def json_object(request: Request, *, whatever_it_says: bool = False) -> dict[str, Any]:
    """The members of the JSON object that the body is; BadInput if it is none. A body that says it is something else is a 415,
    unless the protocol does not care."""
    if not whatever_it_says and not request.is_json:
        raise UnsupportedMediaType
    members = request.json
    if not isinstance(members, dict):
        raise BadInput("The body must be a JSON object.")
    return members
