"""How the token handler says no: one member, `error`, in the words of the source, and a status of the source's own."""

from werkzeug.http import HTTP_STATUS_CODES

from ...framework.jwts import BadJwt, Expired, Forged, Malformed
from ...framework.request import Request
from ...framework.response import Response
from ..verdicts import judge
from .answers import as_json

INVALID_TOKEN = "498 Invalid Token"  # in no standard, so that its reason has to be said
CHALLENGE = 'Basic realm="Authentication Required"'


class Unauthorized(Exception):
    """Nobody has shown by a password who they are."""


class NotPermitted(Exception):
    """The token is somebody's, but not theirs who are said to come."""


def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that ran into something."""
    if isinstance(error, Malformed | Forged):
        return as_json({"error": "Invalid Token"}, INVALID_TOKEN)
    if isinstance(error, BadJwt):
        reason = "Token is expired" if isinstance(error, Expired) else "Token is invalid"
        return as_json({"error": reason}, 401, **{"WWW-Authenticate": "Bearer"})
    if isinstance(error, NotPermitted):
        return as_json({"error": "User not permission"}, 400)
    if isinstance(error, Unauthorized):
        return as_json({"error": "Unauthorized"}, 401, **{"WWW-Authenticate": CHALLENGE})
    verdict = judge(request, error)
    return as_json({"error": HTTP_STATUS_CODES.get(verdict.status, "Unknown")}, verdict.status, **verdict.headers)
