"""People's own pictures: put up, taken down, fetched by their version."""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Avatar, Credential, User

LARGEST_VERSION = 2**31 - 1  # what the column holds

OF = (
    select(Avatar.version, Avatar.picture)
    .join(User, User.id == Avatar.user_id)
    .where(Avatar.user_id == bindparam("user_id"), User.suspended_at.is_(None))
)


def put(db: Session, user_id: int, picture: bytes) -> int:
    """Show this picture (a square WebP) of a person from now on; gives its version."""
    version = version_of(picture)
    _note(db, user_id, version)
    row = {"version": version, "picture": picture, "created_at": func.now()}
    db.execute(insert(Avatar).values(user_id=user_id, **row).on_conflict_do_update(index_elements=["user_id"], set_=row))
    return version


def remove(db: Session, user_id: int) -> None:
    """Back to the picture the server draws."""
    _note(db, user_id, 0)
    db.execute(delete(Avatar).where(Avatar.user_id == user_id))


def of(db: Session, user_id: int) -> Any:
    """A person's picture as it is now, with its `version`; None where the server draws one."""
    return db.execute(OF, {"user_id": user_id}).one_or_none()


def version_of(picture: bytes) -> int:
    """A number that belongs to the picture itself, so that an address once given never shows another; greater than 0."""
    return int.from_bytes(hashlib.sha256(picture).digest()[:4]) % LARGEST_VERSION + 1


def email_marks(db: Session, user_ids: Collection[int]) -> dict[int, str]:
    """For Gravatar: the MD5 of each person's e-mail address in lower case, as hexadecimal digits."""
    marks = select(Credential.user_id, func.md5(func.lower(Credential.email))).where(Credential.user_id.in_(user_ids))
    return {row[0]: row[1] for row in db.execute(marks)}


def _note(db: Session, user_id: int, version: int) -> None:
    """The person's row first: it is also what everything else about them is locked by."""
    db.execute(update(User).where(User.id == user_id).values(avatar_version=version).execution_options(synchronize_session=False))
