"""Joining."""

from ...core import credentials, enrolments, users
from ...core.checks import REQUIRED
from ...core.refusals import Forbidden, Invalid
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from .answers import as_json
from .bodies import strings

CLOSED = Message("Nobody new can join this site at the moment.")


@public
def create(request: Request) -> Response:
    config = request.app.config
    if not config.registration_open:
        raise Forbidden(CLOSED)
    name, email, profile, password = strings(request, "name", "email", "profile", "password")
    if not name.strip():
        raise Invalid({"name": REQUIRED})
    shortest = users.SHORTEST_PASSWORD if config.strict_passwords else 1
    user_id = enrolments.create(
        request.db, name=name, email=email, password=password, about_me=profile, shortest_password=shortest
    )
    person = users.profile_by_id(request.db, user_id, reader_id=user_id)
    email = credentials.addressee(request.db, user_id).email
    return as_json({"id": user_id, "name": person.display_name, "email": email, "profile": person.about_me})
