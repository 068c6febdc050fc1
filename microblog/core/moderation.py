"""What an operator may do with an account: make its owner an administrator, suspend and restore it."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..models import User
from . import sessions, tokens, users


def set_admin(db: Session, username: str, is_admin: bool) -> None:
    """Give somebody the keys of the house, or take them back."""
    _change(db, username, is_admin=is_admin)


def suspend(db: Session, username: str) -> None:
    """Lock somebody out everywhere and hide what they said; nothing is deleted."""
    user_id = _change(db, username, suspended_at=func.now())
    sessions.end_all(db, user_id)
    tokens.revoke(db, user_id)


def restore(db: Session, username: str) -> None:
    """End a suspension."""
    _change(db, username, suspended_at=None)


def identify(db: Session, username: str) -> int:
    """The id behind a username, suspended or not."""
    user_id = db.scalar(select(User.id).where(func.lower(User.username) == username.lower()))
    if user_id is None:
        raise users.not_found(username)
    return user_id


def _change(db: Session, username: str, **values: Any) -> int:
    changed = update(User).where(func.lower(User.username) == username.lower()).values(values)
    user_id = db.scalar(changed.returning(User.id).execution_options(synchronize_session=False))
    if user_id is None:
        raise users.not_found(username)
    return user_id
