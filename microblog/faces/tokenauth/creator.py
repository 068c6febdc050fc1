"""The one maker and reader of this face's tokens: alive while they are used, but not for ever."""

import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from ...core import access_tokens
from ...framework.jwts import Unfit
from ..jwts import Jwts

LONGEST = timedelta(hours=24)  # however often it is renewed; where the settings let a single life be longer, it is the last


@dataclass(frozen=True)
class Bearer:
    """Whoever has sent a good token: the person's `id`, the token, its row, and its end as Unix time."""

    id: int
    token: str
    token_id: int
    expires_at: int


class TokenCreator:
    """Makes, renews and reads tokens; keys and times are nobody else's."""

    def __init__(self, jwts: Jwts, *, refresh_time: timedelta) -> None:
        self.__jwts, self.__refresh_time = jwts, refresh_time

    def create(self, db: Session, uid: int) -> str:
        """A new token for a person who has just shown who they are."""
        return self.__jwts.create(db, uid, uid=uid)

    def refresh(self, db: Session, bearer: Bearer) -> str:
        """The token to go on with: the same one while there is time enough left, else a new one for the same person and row."""
        if bearer.expires_at - time.time() >= self.__refresh_time.total_seconds():
            return bearer.token
        until = access_tokens.prolong(db, bearer.token_id, self.__jwts.lives, at_most=LONGEST)
        if until is None:
            return bearer.token
        return self.__jwts.sign(bearer.token_id, int(until.timestamp()), {"uid": bearer.id})

    def decode_token(self, db: Session, token: str) -> Bearer:
        """Whom a token lets in; raises a BadJwt that says what is wrong with it."""
        claims = self.__jwts.read(token)
        holder = self.__jwts.holder(db, claims)
        if type(claims.get("uid")) is not int or claims["uid"] != holder.id:  # not isinstance: true is no number
            raise Unfit("uid")
        return Bearer(holder.id, token, holder.token_id, claims["exp"])
