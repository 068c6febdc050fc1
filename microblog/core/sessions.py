"""Logins of people with a browser: opened, recognised, ended; the database clock says when they are over."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval as SqlInterval
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session as Db

from ..models import Session, User

REMEMBERED_FOR = timedelta(days=365)
IDLE_FOR = timedelta(hours=24)  # a session that is not remembered ends after so long without a visit
MOST_USER_AGENT = 255

# A visit is noted at most so often: reading must not mean writing.
NOTED_EVERY = timedelta(minutes=1)


def digest(secret: str) -> bytes:
    """What is stored of a session's secret."""
    return hashlib.sha256(secret.encode()).digest()


def start(db: Db, user_id: int, secret: str, *, remember: bool, address: str, user_agent: str) -> None:
    """Begin a session for a person who has just shown who they are."""
    db.add(
        Session(
            digest=digest(secret),
            user_id=user_id,
            expires_at=func.now() + (REMEMBERED_FOR if remember else IDLE_FOR),
            remembered=remember,
            address=address,
            user_agent=user_agent[:MOST_USER_AGENT],
        )
    )
    db.flush()


VISITOR = (
    select(
        User.id,
        User.username,
        User.display_name,
        User.language,
        User.avatar_version,
        User.is_admin,
        User.post_count,
        User.unread_message_count,
        User.unread_notification_count,
        (func.now() - func.least(User.last_seen_at, Session.last_used_at) > bindparam("rest", NOTED_EVERY, SqlInterval)).label(
            "is_due"
        ),
    )
    .join(Session, Session.user_id == User.id)
    .where(Session.digest == bindparam("digest"), Session.expires_at > func.now(), User.suspended_at.is_(None))
)


def visitor(db: Db, secret: str) -> Any:
    """The person whose session has this secret, or None: one query. `is_due` says whether their visit should be noted."""
    return db.execute(VISITOR, {"digest": digest(secret)}).one_or_none()


def note_visit(db: Db, secret: str, user_id: int) -> None:
    """Remember that the person was here just now, and put off the end of a session that is not remembered."""
    db.execute(
        update(Session)
        .where(Session.digest == digest(secret))
        .values(
            last_used_at=func.now(),
            expires_at=func.greatest(Session.expires_at, func.now() + IDLE_FOR),
        )
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(User).where(User.id == user_id).values(last_seen_at=func.now()).execution_options(synchronize_session=False)
    )


def end(db: Db, secret: str) -> None:
    """End one session; one that is over already is no error."""
    db.execute(delete(Session).where(Session.digest == digest(secret)))


def end_all(db: Db, user_id: int) -> None:
    """End every session of a person."""
    db.execute(delete(Session).where(Session.user_id == user_id))


def sweep(db: Db) -> int:
    """Forget sessions that are over; gives how many."""
    return len(db.scalars(delete(Session).where(Session.expires_at < func.now()).returning(Session.digest)).all())
