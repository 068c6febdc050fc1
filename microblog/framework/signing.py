"""Keys derived for one purpose each, and signatures that do not grow old."""

import hashlib
import hmac
from collections.abc import Sequence
from functools import cache
from typing import Any

from itsdangerous import BadSignature, Signer


def derived(secret: str, purpose: str) -> bytes:
    """A key for one purpose, so that what is signed for one can never pass for another."""
    return hmac.new(secret.encode(), b"microblog/" + purpose.encode(), hashlib.sha256).digest()


class _Signer(Signer):
    """A signer that works out what it signs with once for each secret, and not for each signature."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.derive_key = cache(super().derive_key)  # type: ignore[method-assign]


class Seal:
    """Signs text for one purpose with the newest of some secrets, and believes what any of them has signed."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        # itsdangerous takes the oldest key first and signs with the last.
        keys = [derived(secret, purpose) for secret in reversed(secrets)]
        self._signer = _Signer(keys, salt=purpose, digest_method=hashlib.sha256)

    def sign(self, value: str) -> str:
        return self._signer.sign(value).decode()

    def open(self, sealed: str | None) -> str | None:
        """What was signed, or None if it was not signed by us."""
        if not sealed:
            return None
        try:
            return self._signer.unsign(sealed).decode()
        except (BadSignature, UnicodeError):
            return None
