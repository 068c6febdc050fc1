"""Exercises 6, 7 and 8: who calls, and how; as a sentence, as JSON, and as JSON with a value of the caller's own."""

import json
from typing import Any

from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.routing import public
from ...framework.text import BadInput, decode
from ..bodies import json_object

NOBODY = "이름이 없는 자"
NO_KEY = "No key"


@public
def show(request: Request, exercise: str) -> Response:
    name, client = request.query.get("name") or NOBODY, _client(request)
    if exercise == "6":
        return plain(f"{name}, 그대는 {request.method} 로 호출하였구나. 그대는 {client} 검을 쓰는군.")
    told = {"method": request.method, "name": name, "client": client}
    if exercise == "8":
        told["key1"] = _key(request)
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")


def _client(request: Request) -> str:
    """What the client calls itself; one need not say. WSGI hands over bytes as if they were Latin-1."""
    return decode(request.environ.get("HTTP_USER_AGENT", "").encode("latin-1"))


def _key(request: Request) -> Any:
    """The member `key1` of a JSON body. A body that is no JSON is refused only where it claims to be."""
    if not request.get_data():
        return NO_KEY
    try:
        return json_object(request, whatever_it_says=True).get("key1", NO_KEY)
    except BadInput:
        if request.is_json:
            raise
        return NO_KEY
