"""JSON Web Tokens with HS256: made, and read without believing anything that is not signed."""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from msgspec import json

from .text import BadInput, load_json

ALGORITHM = "HS256"
LONGEST = 4_096  # characters; ours have about 200


class BadJwt(Exception):
    """A token that lets nobody in; the kinds below say why, for protocols that tell."""


class Malformed(BadJwt):
    """It has not the shape of a token, or what is signed in it is no JSON object."""


class Forged(BadJwt):
    """None of our keys has signed it with our algorithm."""


class Unfit(BadJwt):
    """We have signed it, and it lacks a claim or has one of the wrong kind."""


class Expired(BadJwt):
    """Its time is over."""


def sign(claims: Mapping[str, Any], key: bytes) -> str:
    """The token that says this; `exp` is a whole number of seconds of Unix time."""
    return jwt.PyJWS().encode(json.encode(claims), key, algorithm=ALGORITHM, headers={"typ": "JWT"})


def read(token: str, keys: Sequence[bytes], *, now: float) -> dict[str, Any]:
    """The claims of a token that one of the keys has signed and that is not over; else one of the kinds of BadJwt.

    `exp` must be there and be an integer: of other numbers the standard library and others have different opinions.
    """
    claims = _claims(_signed(token, keys))
    expires_at = claims.get("exp")
    if not isinstance(expires_at, int) or isinstance(expires_at, bool):
        raise Unfit("exp")
    if expires_at <= now:
        raise Expired
    return claims


def _signed(token: str, keys: Sequence[bytes]) -> bytes:
    if len(token) > LONGEST or not token.isascii():
        raise Malformed
    for key in keys:
        try:
            return jwt.PyJWS().decode(token, key, algorithms=[ALGORITHM])
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            continue
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise Malformed from error
    raise Forged


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = load_json(payload)
    except BadInput as error:
        raise Malformed from error
    if not isinstance(claims, dict):
        raise Malformed
    return claims
