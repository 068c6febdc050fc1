"""The JWTs of the source documents' protocols: each face has keys of its own, and each token a row by which it can be revoked."""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ..config import Config
from ..core import access_tokens
from ..framework import jwts
from ..framework.jwts import Unfit
from ..framework.request import Request
from ..framework.signing import derived
from ..framework.text import integer

LIVES = timedelta(hours=24)  # in miniter and in the ballot


class Revoked(jwts.BadJwt):
    """It was good once: it has been revoked, or its person is gone or suspended."""


class Jwts:
    """Makes and reads the tokens of one face. Nothing else holds its keys."""

    def __init__(self, face: str, keys: Sequence[bytes], lives: timedelta) -> None:
        self.face, self.lives = face, lives
        self.__keys = tuple(keys)

    def create(self, db: Session, user_id: int, /, **claims: Any) -> str:
        """A new token for a person who has just shown who they are."""
        access = access_tokens.issue(db, user_id, self.face, self.lives)
        return self.sign(access.id, int(access.expires_at.timestamp()), claims)

    def sign(self, token_id: int, expires_at: int, claims: Mapping[str, Any]) -> str:
        """The token of a row, until `expires_at` (Unix time)."""
        return jwts.sign({**claims, "exp": expires_at, "jti": str(token_id)}, self.__keys[0])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that this face has signed and that is not over; raises a BadJwt that says what is wrong."""
        return jwts.read(token, self.__keys, now=time.time())

    def holder(self, db: Session, claims: Mapping[str, Any]) -> Any:
        """The person whom the claims of a read token let in: one query. Raises Revoked where they let nobody in any more."""
        mark = claims.get("jti")
        token_id = integer(mark, least=1) if isinstance(mark, str) else None
        if token_id is None:
            raise Unfit("jti")
        holder = access_tokens.holder_of_jwt(db, self.face, token_id)
        if holder is None:
            raise Revoked
        if holder.is_due:
            access_tokens.note_use(db, holder.token_id, holder.id)
        return holder


def open_all(config: Config) -> dict[str, Jwts]:
    """The tokens of each face that speaks JWT, by the face's name."""
    return {
        "miniter": Jwts("miniter", _keys(config, "miniter", config.jwt_secret_key), LIVES),
        "ballot": Jwts("ballot", _keys(config, "ballot", ""), LIVES),
        "tokenauth": Jwts("tokenauth", _keys(config, "tokenauth", config.token_key), timedelta(minutes=config.exp_time_min)),
    }


def _keys(config: Config, face: str, own: str) -> list[bytes]:
    """The key that the settings name for a face, else one derived from each of the secret keys, the newest first."""
    return [own.encode()] if own else [derived(secret, f"jwt {face}") for secret in config.secret_keys]


def sent(request: Request, *, bare: bool) -> str | None:
    """The token in the Authorization header, after `Bearer` or, where the protocol has it so, as it is; None if there is none."""
    words = request.headers.get("Authorization", "").split()
    if len(words) == 2 and words[0].lower() == "bearer":
        return words[1]
    return words[0] if bare and len(words) == 1 and words[0].lower() != "bearer" else None
