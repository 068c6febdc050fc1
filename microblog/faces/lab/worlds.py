"""Exercises 1 and 2: three addresses and what they say; in the second, one of them also takes POST."""

from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.routing import public


@public
def index(request: Request, exercise: str) -> Response:
    return plain("Hello, World!")


@public
def show(request: Request, exercise: str, world: str) -> Response:
    return plain(f"{world.capitalize()} World!")


@public
def create(request: Request) -> Response:
    return plain("Bad World!")
