"""What shows who somebody is: a name and a password, by HTTP Basic or as members of a JSON object."""

from typing import NamedTuple

from werkzeug.exceptions import UnprocessableEntity

from ...framework.request import Request
from ...framework.text import BadInput, clean
from ..bodies import json_object
from .refusals import Unauthorized

LOGINS = ("username", "email", "login")


class Credentials(NamedTuple):
    """A username or an e-mail address, and the password."""

    login: str
    password: str


def sent(request: Request) -> Credentials:
    """What the request shows. Nothing at all is Unauthorized; a half, or what is no text, cannot be processed (422)."""
    authorization = request.authorization
    if authorization and authorization.type == "basic":
        return _of_header(authorization.username or "", authorization.password or "")
    if not request.get_data():
        raise Unauthorized
    members = json_object(request)
    logins = [members[name] for name in LOGINS if name in members]
    if not logins and "password" not in members:
        raise Unauthorized
    if len(logins) != 1 or not isinstance(logins[0], str) or not isinstance(members.get("password"), str):
        raise UnprocessableEntity
    return Credentials(logins[0], members["password"])


def _of_header(login: str, password: str) -> Credentials:
    try:
        return Credentials(clean(login), clean(password))
    except BadInput as error:
        raise Unauthorized from error
