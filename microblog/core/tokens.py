"""Tokens that let somebody do one thing, once and soon; only their digests are kept."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Token
from .refusals import NotFound

RESET_LIVES = timedelta(seconds=600)  # as the first microblog had it
EMAIL_LIVES = timedelta(days=1)


def derive(key: bytes, purpose: str, seed: object) -> str:
    """The token for a seed, always the same: a letter that must be sent again says what it said before."""
    return urlsafe_b64encode(hmac.new(key, f"{purpose} {seed}".encode(), hashlib.sha256).digest()).decode().rstrip("=")


def issue(db: Session, token: str, user_id: int, purpose: str, lives: timedelta, **details: Any) -> None:
    """Let a token count from now on for as long as it lives; one that counts already goes on as it is."""
    row = {"user_id": user_id, "purpose": purpose, "digest": _digest(token), "details": details}
    db.execute(insert(Token).values(**row, expires_at=func.now() + lives).on_conflict_do_nothing())


def look(db: Session, token: str, purpose: str) -> Any:
    """Whose token it is, without using it up: `user_id` and `details`. One that does not count is NotFound."""
    return _found(db.execute(select(Token.user_id, Token.details).where(*_good(token, purpose))).one_or_none())


def redeem(db: Session, token: str, purpose: str) -> Any:
    """Use a token up: `user_id` and `details`. Of two who try at once one is told NotFound."""
    used = update(Token).where(*_good(token, purpose)).values(used_at=func.now()).returning(Token.user_id, Token.details)
    return _found(db.execute(used.execution_options(synchronize_session=False)).one_or_none())


def revoke(db: Session, user_id: int) -> None:
    """End all of a person's tokens, as a new password or address does."""
    db.execute(delete(Token).where(Token.user_id == user_id))


def sweep(db: Session) -> None:
    """Forget tokens that are over."""
    db.execute(delete(Token).where(Token.expires_at < func.now()))


def _good(token: str, purpose: str) -> tuple[Any, ...]:
    return Token.digest == _digest(token), Token.purpose == purpose, Token.used_at.is_(None), Token.expires_at > func.now()


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound(Message("This link is too old or has been used already."))
    return row


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
