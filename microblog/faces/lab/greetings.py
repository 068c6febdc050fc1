"""Exercises 3, 4 and 5: an address that speaks; the same with another status; the same with a header of one's own besides.

They answer in plain text, since whatever stands in the address comes back as it is.
"""

from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.routing import public


@public
def show(request: Request, exercise: str, greeting: str, name: str) -> Response:
    headers = {"MY_HEADER": "1234"} if exercise == "5" else {}
    return plain(f"{greeting}, {name}!", 200 if exercise == "3" else 404, **headers)
