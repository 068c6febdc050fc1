"""Answers kept for a day, so that whoever asks again under the same key is answered and nothing is done twice."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import KeptAnswer
from .refusals import Invalid

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
ANOTHER_REQUEST = Message("This Idempotency-Key belongs to another request.")


def claim(db: Session, caller: str, key: str, request: bytes) -> Any:
    """Take a key for a request, in the transaction that does what it asks. None: do it, and `keep` the answer.

    Otherwise the first answer: `status`, `location` and `body`. Who asks while the first is still being answered waits for it.
    Another request under the same key is Invalid.
    """
    mark = hashlib.sha256(request).digest()
    row = insert(KeptAnswer).values(caller=caller, key=key, digest=mark, created_at=func.now())
    again = {"digest": mark, "status": None, "location": "", "body": b"", "created_at": func.now()}
    claimed = row.on_conflict_do_update(
        index_elements=["caller", "key"], set_=again, where=KeptAnswer.created_at < func.now() - KEPT_FOR
    )
    if db.scalar(claimed.returning(KeptAnswer.key).execution_options(synchronize_session=False)) is not None:
        return None
    columns = KeptAnswer.digest, KeptAnswer.status, KeptAnswer.location, KeptAnswer.body
    first = db.execute(select(*columns).where(KeptAnswer.caller == caller, KeptAnswer.key == key)).one()
    if first.digest != mark:
        raise Invalid({"Idempotency-Key": ANOTHER_REQUEST})
    return first if first.status is not None else None


def keep(db: Session, caller: str, key: str, *, status: int, location: str, body: bytes) -> None:
    """Keep the answer for whoever asks again."""
    answer = {"status": status, "location": location, "body": body}
    mine = update(KeptAnswer).where(KeptAnswer.caller == caller, KeptAnswer.key == key)
    db.execute(mine.values(answer).execution_options(synchronize_session=False))


def sweep(db: Session) -> None:
    """Forget what is older than a day."""
    db.execute(delete(KeptAnswer).where(KeptAnswer.created_at < func.now() - KEPT_FOR))
