"""Joining."""

from ...core import enrolments
from ...core.users import SHORTEST_PASSWORD
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import bodies
from .refusals import MISSHAPEN, NOBODY_NEW, Refused

CREATED = "성공적으로 생성되었습니다"


@public
def create(request: Request) -> Response:
    config = request.app.config
    if not config.registration_open:
        raise Refused(403, NOBODY_NEW)
    email, name, password = bodies.strings(request, "email", "name", "password")
    if not name.strip():
        raise Refused(400, MISSHAPEN)
    shortest = SHORTEST_PASSWORD if config.strict_passwords else 1
    enrolments.create(request.db, name=name, email=email, password=password, shortest_password=shortest)
    return Response(CREATED, 201)
