"""Translations that a service has made once are kept for a while, so that nobody waits or pays for them twice."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Translation

KEPT_FOR = timedelta(days=30)
LONGEST_TEXT = 5_000  # characters that may be asked for, as many as a post can have
LONGEST_TRANSLATION = 20_000  # characters; more is no translation of such a text


def kept(db: Session, text: str, source: str, dest: str) -> str | None:
    """A text in another language, if that has been asked for before."""
    return db.scalar(select(Translation.body).where(Translation.digest == digest(text, source, dest)))


def keep(db: Session, text: str, source: str, dest: str, body: str) -> None:
    """Remember a translation; of two that come at once the first stays."""
    db.execute(insert(Translation).values(digest=digest(text, source, dest), body=body).on_conflict_do_nothing())


def sweep(db: Session) -> None:
    """Forget translations that are old."""
    db.execute(delete(Translation).where(Translation.created_at < func.now() - KEPT_FOR))


def digest(text: str, source: str, dest: str) -> bytes:
    """What was asked for: the text and both languages."""
    return hashlib.sha256("\0".join((source, dest, text)).encode()).digest()
