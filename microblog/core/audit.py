"""The audit trail: what happens to accounts, written in the transaction that does it, with where it came from."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from ..framework.database import SOURCE
from ..framework.pagination import Listing, Window
from ..models import AuditEntry, User

KEPT_FOR = timedelta(days=365)  # the trigger of the table knows it, too
MOST_TEXT = 255
NOBODY = 0

PARTS = ("face", "address", "user_agent", "request_id")  # of where something comes from

EVENTS = frozenset(
    {
        "registered",
        "logged_in",
        "login_failed",
        "logged_out",
        "sessions_ended",
        "confirmed",
        "confirmation_failed",
        "password_changed",
        "email_changed",
        "token_made",
        "token_revoked",
        "tokens_revoked",
        "suspended",
        "restored",
        "promoted",
        "demoted",
        "erased",
    }
)


def note(db: Session, event: str, user_id: int = NOBODY) -> None:
    """Write down what is happening to somebody's account, or to nobody's."""
    if event not in EVENTS:
        raise ValueError(f"{event} is no event of the audit trail.")
    source: Mapping[str, str] = db.info.get(SOURCE, dict)()
    where = {part: _plain(source.get(part, "")) for part in PARTS}
    db.execute(insert(AuditEntry).values(event=event, user_id=user_id, **where))


def _plain(text: str) -> str:
    """What fits, breaks no line on a terminal and is not refused by Postgres: a browser's name is what somebody made it."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:MOST_TEXT])


def _shown(*conditions: Any) -> Select:
    shown = (
        AuditEntry.id,
        AuditEntry.user_id,
        AuditEntry.event,
        AuditEntry.face,
        AuditEntry.address,
        AuditEntry.user_agent,
        AuditEntry.request_id,
        AuditEntry.created_at,
    )
    return select(*shown).where(*conditions)


def _of(window: Window) -> Select:
    return window.limit(_shown(AuditEntry.user_id == bindparam("user_id")), AuditEntry.id)


of = Listing(_of)  # takes user_id


def newest(db: Session, *, user_id: int | None = None, event: str | None = None, most: int) -> list[Any]:
    """The newest entries, with the username of whoever still has one: of all, of one person, of one kind."""
    which = [AuditEntry.user_id == user_id] if user_id is not None else []
    which += [AuditEntry.event == event] if event else []
    found = _shown(*which).order_by(AuditEntry.id.desc()).limit(most).subquery()
    named = select(found, User.username).outerjoin(User, User.id == found.c.user_id).order_by(found.c.id.desc())
    return list(db.execute(named))


def sweep(db: Session) -> None:
    """Forget what is older than a year."""
    db.execute(delete(AuditEntry).where(AuditEntry.created_at < func.now() - KEPT_FOR))
