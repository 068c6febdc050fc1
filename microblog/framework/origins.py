"""What pages of other origins may do (CORS): everything, with faces that know their caller by a token and never by a cookie."""

from collections.abc import Iterable

from .response import Response

# The same on every answer, errors included, so that a script can read what went wrong.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Allow, ETag, Idempotent-Replayed, Link, Location, Retry-After, WWW-Authenticate, X-Request-ID, "
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}

KEPT_FOR = 7200  # seconds; no browser keeps the answer to its question for longer


def preflight(methods: Iterable[str]) -> Response:
    """The answer to a browser that asks before it sends: these methods, and whatever header our faces read."""
    allowed = ", ".join(methods)
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-ID, uid",
        "Access-Control-Max-Age": str(KEPT_FOR),
    }
    return Response(status=200, headers=headers, mimetype="text/plain")
