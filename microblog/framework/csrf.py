"""Whether a form was sent from one of our own pages: the browser's word first, then a token bound to the session."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from .signing import derived

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf_token"


class FormRefused(Exception):
    """The form did not come from one of our pages, or from one that is too old."""


class FormGuard:
    """Makes and checks the hidden token of forms. A token is fresh for each page and good as long as its session."""

    def __init__(self, keys: Sequence[str], public_url: str) -> None:
        self._keys = [derived(key, "csrf") for key in keys]
        parts = urlsplit(public_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def token(self, binding: str) -> str:
        nonce = secrets.token_hex(8)  # a new one on each page, so that compression tells nothing about it
        return f"{nonce}.{self._mark(self._keys[0], nonce, binding)}"

    def check(self, *, fetch_site: str | None, origin: str | None, token: str | None, binding: str) -> None:
        """Raise FormRefused unless the sender is one of our own pages and the token belongs to this session."""
        if fetch_site is not None:
            if fetch_site not in ("same-origin", "none"):
                raise FormRefused
        elif origin is not None and origin != self.origin:
            raise FormRefused
        nonce, _, mark = (token or "").partition(".")
        if not any(hmac.compare_digest(mark.encode(), self._mark(key, nonce, binding).encode()) for key in self._keys):
            raise FormRefused

    @staticmethod
    def _mark(key: bytes, nonce: str, binding: str) -> str:
        return hmac.new(key, f"{nonce}.{binding}".encode(), hashlib.sha256).hexdigest()[:40]
