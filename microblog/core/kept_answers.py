"""Answers kept for a day, so that whoever asks again under the same key is answered and nothing is done twice."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import LargeBinary, String, bindparam, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..models import KeptAnswer
from .refusals import Invalid

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
ANOTHER_REQUEST = Message("This Idempotency-Key belongs to another request.")


ASKER, UNDER, MARK = bindparam("asker", type_=String), bindparam("under", type_=String), bindparam("mark", type_=LargeBinary)
THIS = KeptAnswer.caller == ASKER, KeptAnswer.key == UNDER
CLAIM = Statement(
    insert(KeptAnswer)
    .values(caller=ASKER, key=UNDER, digest=MARK, created_at=func.now())
    .on_conflict_do_update(
        index_elements=["caller", "key"],
        set_={"digest": MARK, "status": null(), "location": "", "body": b"", "created_at": func.now()},
        where=KeptAnswer.created_at < func.now() - KEPT_FOR,
    )
    .returning(KeptAnswer.key)
)
FIRST = Statement(select(KeptAnswer.digest, KeptAnswer.status, KeptAnswer.location, KeptAnswer.body).where(*THIS))
KEEP = Statement(
    update(KeptAnswer)
    .where(*THIS)
    .values(status=bindparam("said"), location=bindparam("place"), body=bindparam("answer", type_=LargeBinary))
)


def claim(db: Session, caller: str, key: str, request: bytes) -> Any:
    """Take a key for a request, in the transaction that does what it asks. None: do it, and `keep` the answer.

    Otherwise the first answer: `status`, `location` and `body`. Who asks while the first is still being answered waits for it.
    Another request under the same key is Invalid.
    """
    mark = hashlib.sha256(request).digest()
    if CLAIM.one_or_none(db, asker=caller, under=key, mark=mark):
        return None
    first = FIRST.one_or_none(db, asker=caller, under=key)
    if first.digest != mark:
        raise Invalid({"Idempotency-Key": ANOTHER_REQUEST})
    return first if first.status is not None else None


def keep(db: Session, caller: str, key: str, *, status: int, location: str, body: bytes) -> None:
    """Keep the answer for whoever asks again."""
    KEEP.all(db, asker=caller, under=key, said=status, place=location, answer=body)


def sweep(db: Session) -> None:
    """Forget what is older than a day."""
    db.execute(delete(KeptAnswer).where(KeptAnswer.created_at < func.now() - KEPT_FOR))
