"""Answers, and the headers that all of them carry."""

from collections.abc import Iterable, Sequence
from typing import Any

from werkzeug import Response as WerkzeugResponse

# Nothing from elsewhere, nothing inline; forms go home; nobody frames us.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def security_headers(*, hsts_seconds: int = 0) -> dict[str, str]:
    """What every answer carries; with `hsts_seconds` browsers ask for this host by HTTPS only for so long. Subdomains and other
    sites' lists are not ours to speak for."""
    return SECURITY_HEADERS | ({"Strict-Transport-Security": f"max-age={hsts_seconds}"} if hsts_seconds else {})


# Values of Cache-Control that a row of a route table may name.
NOT_KEPT = "no-store"
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"


Header = tuple[str, str]


class Response(WerkzeugResponse):
    """An answer; HTML unless it says otherwise. `further` headers follow its own: what is the same on all answers is not looked
    at and copied for each."""

    default_mimetype = "text/html"
    further: Sequence[Header] = ()

    def get_wsgi_response(self, environ: Any) -> tuple[Iterable[bytes], str, list[Header]]:
        """What is sent: the body, the status, and all headers."""
        if self.status_code == 200 and environ["REQUEST_METHOD"] != "HEAD" and self._is_whole:
            return self.response, self.status, [*self.headers, *self.further]  # type: ignore[return-value]
        body, status, headers = super().get_wsgi_response(environ)
        return body, status, [*headers, *self.further]

    @property
    def _is_whole(self) -> bool:
        """Whether the body is in memory and its length in the headers, as those of pages are: nothing remains to be done."""
        return type(self.response) is list and not self._on_close and "Content-Length" in self.headers


def redirect(location: str, status: int = 303) -> Response:
    """Go on elsewhere; after a form was taken the browser asks for the new page with GET (303)."""
    return Response(status=status, headers={"Location": location}, mimetype="text/plain")


def plain(text: str, status: int = 200, **headers: Any) -> Response:
    """A few words as text."""
    return Response(text, status=status, mimetype="text/plain", headers=headers)
