"""What lets programs in: tokens of the API, known by a digest, and JWTs of the source documents' protocols, known by their id."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, delete, func, or_, select, update
from sqlalchemy import Interval as SqlInterval
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..models import AccessToken, User
from . import audit, notifications
from .checks import LONGEST_LABEL, Checks
from .refusals import Conflict, NotFound, Taken

API_LIVES = timedelta(hours=1)
REST = timedelta(seconds=60)  # of a token that has less to live a new one is made
NOTED_EVERY = timedelta(minutes=1)
MOST_OF_ONE_PERSON = 100  # of the API
MOST_JWTS = 100  # that are shown; a program that logs in at every run makes many
TOO_MANY = Message("You have a hundred tokens. Please revoke one that you do not use any more.")


class Access(NamedTuple):
    """A token as its owner gets it; for a JWT, which the face signs, `token` is ''."""

    id: int
    token: str
    expires_at: datetime


def ask(db: Session, keys: Sequence[bytes], user_id: int, *, label: str = "", lives: timedelta = API_LIVES) -> Access:
    """The token of the API with this label: the same one as long as it has more than a minute to live, else a new one.

    `keys` derive tokens from rows, the newest first, so that none need be stored. However many ask at once, they get the same.
    """
    with Checks() as check:
        label = check.text("label", label, longest=LONGEST_LABEL, required=False)
    _check_room(db, user_id, label)
    fresh = _fresh(db, keys[0], user_id, label, lives)
    row = insert(AccessToken).values(fresh)
    due = AccessToken.expires_at <= func.now() + REST
    made = db.execute(_replacing(row, due).returning(AccessToken.id, AccessToken.expires_at)).one_or_none()
    if made is None:
        kept = db.execute(
            select(AccessToken.id, AccessToken.digest, AccessToken.expires_at).where(*_labelled(user_id, label))
        ).one()
        for key in keys:
            token = derive(key, kept.id)
            if digest(token) == kept.digest:
                return Access(kept.id, token, kept.expires_at)
        made = db.execute(_replacing(row).returning(AccessToken.id, AccessToken.expires_at)).one()  # its key is retired
    audit.note(db, "token_made", user_id)
    return Access(made.id, derive(keys[0], made.id), made.expires_at)


def create(db: Session, key: bytes, user_id: int, *, label: str, lives: timedelta) -> Access:
    """A new token of the API with a label of its own; one that a living token has is Taken."""
    with Checks() as check:
        label = check.text("label", label, longest=LONGEST_LABEL)
    _check_room(db, user_id, label)
    row = insert(AccessToken).values(_fresh(db, key, user_id, label, lives))
    replaced = _replacing(row, AccessToken.expires_at <= func.now())
    made = db.execute(replaced.returning(AccessToken.id, AccessToken.expires_at)).one_or_none()
    if made is None:
        raise Taken({"label": Message("You have a token of this name already.")})
    audit.note(db, "token_made", user_id)
    return Access(made.id, derive(key, made.id), made.expires_at)


def issue(db: Session, user_id: int, face: str, lives: timedelta) -> Access:
    """The row behind a new JWT of a face."""
    row = insert(AccessToken).values(user_id=user_id, face=face, expires_at=func.now() + lives)
    made = db.execute(row.returning(AccessToken.id, AccessToken.expires_at)).one()
    return Access(made.id, "", made.expires_at)


def prolong(db: Session, token_id: int, lives: timedelta, *, at_most: timedelta) -> datetime | None:
    """Let a JWT's row live on from now, but never longer than `at_most` after its beginning; gives its new end, or None if it
    would not be later than the old one. What is over or revoked stays so."""
    until = func.least(func.now() + lives, AccessToken.created_at + at_most)
    which = AccessToken.id == token_id, AccessToken.expires_at > func.now(), AccessToken.expires_at < until
    longer = update(AccessToken).where(*which).values(expires_at=until)
    return db.scalar(longer.returning(AccessToken.expires_at).execution_options(synchronize_session=False))


def _holder(*conditions: ColumnElement[bool]) -> Select:
    """The person behind a token that counts, as a face knows its caller; `is_due` says whether their visit should be noted."""
    last = func.least(User.last_seen_at, func.coalesce(AccessToken.last_used_at, AccessToken.created_at - NOTED_EVERY * 2))
    return (
        select(
            User.id,
            User.username,
            User.display_name,
            User.language,
            User.avatar_version,
            AccessToken.id.label("token_id"),
            AccessToken.created_at.label("token_created_at"),
            (func.now() - last > bindparam("rest", NOTED_EVERY, SqlInterval)).label("is_due"),
        )
        .join(AccessToken, AccessToken.user_id == User.id)
        .where(AccessToken.expires_at > func.now(), User.suspended_at.is_(None), *conditions)
    )


HOLDER = Statement(_holder(AccessToken.digest == bindparam("digest")))
HOLDER_OF_JWT = Statement(
    _holder(AccessToken.id == bindparam("token_id", type_=BigInteger), AccessToken.face == bindparam("face"))
)


def holder(db: Session, token: str) -> Any:
    """The person whose token of the API this is, or None: one query."""
    return HOLDER.one_or_none(db, digest=digest(token))


def holder_of_jwt(db: Session, face: str, token_id: int) -> Any:
    """The person whose JWT has this id, or None: one query."""
    return HOLDER_OF_JWT.one_or_none(db, face=face, token_id=token_id)


NOTE_USE = Statement(
    update(AccessToken)
    .where(AccessToken.id == bindparam("used_id", type_=BigInteger))
    .values(last_used_at=func.now())
    .add_cte(update(User).where(User.id == bindparam("holder_id")).values(last_seen_at=func.now()).cte("seen"))
)


def note_use(db: Session, token_id: int, user_id: int) -> None:
    """Remember that a person's program was here just now: one statement."""
    NOTE_USE.all(db, used_id=token_id, holder_id=user_id)


COUNTS = AccessToken.user_id == bindparam("user_id"), AccessToken.expires_at > func.now()
NEWEST_JWTS = select(AccessToken.id).where(*COUNTS, AccessToken.face != "api").order_by(AccessToken.id.desc()).limit(MOST_JWTS)
OF = (
    select(
        AccessToken.id,
        AccessToken.face,
        AccessToken.label,
        AccessToken.created_at,
        AccessToken.expires_at,
        AccessToken.last_used_at,
    )
    .where(*COUNTS, or_(AccessToken.face == "api", AccessToken.id.in_(NEWEST_JWTS)))
    .order_by(AccessToken.id.desc())
)


def of(db: Session, user_id: int) -> Sequence[Any]:
    """A person's tokens that count, the newest first: all of the API, and of other faces, whose lives are short, the newest."""
    return db.execute(OF, {"user_id": user_id}).all()


def revoke(db: Session, user_id: int, token_id: int) -> None:
    """End one of a person's tokens; one that is not theirs or is over is NotFound."""
    mine = AccessToken.user_id == user_id, AccessToken.expires_at > func.now()
    gone = delete(AccessToken).where(AccessToken.id == token_id, *mine)
    if db.scalar(gone.returning(AccessToken.id)) is None:
        raise NotFound(Message("This token is not there any more."))
    audit.note(db, "token_revoked", user_id)


def revoke_all(db: Session, user_id: int) -> None:
    """End all of a person's tokens, as a new password or a suspension does."""
    if db.scalars(delete(AccessToken).where(AccessToken.user_id == user_id).returning(AccessToken.id)).all():
        audit.note(db, "tokens_revoked", user_id)


def sweep(db: Session) -> None:
    """Forget tokens that are over."""
    db.execute(delete(AccessToken).where(AccessToken.expires_at < func.now()))


def derive(key: bytes, token_id: int) -> str:
    """The token that belongs to a row: 32 characters."""
    return urlsafe_b64encode(hmac.new(key, f"access {token_id}".encode(), hashlib.sha256).digest()[:24]).decode()


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _fresh(db: Session, key: bytes, user_id: int, label: str, lives: timedelta) -> dict[str, Any]:
    token_id = db.scalar(select(func.next_id(type_=BigInteger)))
    assert token_id is not None
    known_by = digest(derive(key, token_id))
    return {
        "id": token_id,
        "user_id": user_id,
        "face": "api",
        "label": label,
        "digest": known_by,
        "created_at": func.now(),
        "expires_at": func.now() + lives,
        "last_used_at": None,
    }


def _replacing(row: Any, *conditions: ColumnElement[bool]) -> Any:
    """The statement that puts a row in the place of the one with the same label, where it fits the conditions."""
    columns = ("id", "digest", "created_at", "expires_at", "last_used_at")
    return row.on_conflict_do_update(
        index_elements=["user_id", "label"],
        index_where=AccessToken.face == "api",
        set_={name: row.excluded[name] for name in columns},
        where=conditions[0] if conditions else None,
    ).execution_options(synchronize_session=False)


def _labelled(user_id: int, label: str) -> tuple[ColumnElement[bool], ...]:
    return AccessToken.user_id == user_id, AccessToken.label == label, AccessToken.face == "api"


def _check_room(db: Session, user_id: int, label: str) -> None:
    """Nothing where a person may have a token with this label. Of several who ask at once each waits for the other."""
    notifications.lock(db, [user_id])
    others = AccessToken.user_id == user_id, AccessToken.face == "api", AccessToken.label != label
    if (db.scalar(select(func.count()).where(*others, AccessToken.expires_at > func.now())) or 0) >= MOST_OF_ONE_PERSON:
        raise Conflict(TOO_MANY)
