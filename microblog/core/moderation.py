"""What an operator may do with an account: make its owner an administrator, suspend and restore it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from ..models import User
from . import access_tokens, audit, counters, sessions, tokens, users


def set_admin(db: Session, username: str, is_admin: bool) -> None:
    """Give somebody the keys of the house, or take them back."""
    user_id = _change(db, username, User.is_admin.is_not(is_admin), is_admin=is_admin)
    if user_id is not None:
        audit.note(db, "promoted" if is_admin else "demoted", user_id)


def suspend(db: Session, username: str) -> None:
    """Lock somebody out everywhere and hide what they said; nothing is deleted."""
    is_new = User.suspended_at.is_(None)
    user_id = _change(db, username, is_new, suspended_at=func.now())
    if user_id is None:
        return
    sessions.end_all(db, user_id)
    tokens.revoke(db, user_id)
    access_tokens.revoke_all(db, user_id)
    counters.increase(db, "users", -1)
    audit.note(db, "suspended", user_id)


def restore(db: Session, username: str) -> None:
    """End a suspension."""
    user_id = _change(db, username, User.suspended_at.is_not(None), suspended_at=None)
    if user_id is not None:
        counters.increase(db, "users")
        audit.note(db, "restored", user_id)


def identify(db: Session, username: str) -> int:
    """The id behind a username, suspended or not."""
    user_id = db.scalar(select(User.id).where(func.lower(User.username) == username.lower()))
    if user_id is None:
        raise users.not_found(username)
    return user_id


def _change(db: Session, username: str, *conditions: ColumnElement[bool], **values: Any) -> int | None:
    """Give the id of the person who was changed, None if they do not fit the conditions."""
    changed = update(User).where(func.lower(User.username) == username.lower(), *conditions).values(values)
    user_id = db.scalar(changed.returning(User.id).execution_options(synchronize_session=False))
    if user_id is None:
        identify(db, username)
    return user_id
