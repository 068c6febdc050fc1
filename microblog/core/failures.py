"""Errors nobody foresaw: counted by kind, and told of once in a while."""

from datetime import timedelta

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Failure

QUIET_FOR = timedelta(minutes=10)  # the same error is not mailed again before


def note(db: Session, mark: str) -> int:
    """Count an error of this kind; gives how often it has happened if somebody should hear of it now, else 0."""
    due = Failure.mailed_at < func.now() - QUIET_FOR
    counted = (
        insert(Failure)
        .values(mark=mark, mailed_at=func.now())
        .on_conflict_do_update(
            index_elements=["mark"],
            set_={"happened": Failure.happened + 1, "mailed_at": case((due, func.now()), else_=Failure.mailed_at)},
        )
        .returning(Failure.happened, (Failure.mailed_at == func.now()).label("is_due"))
    )
    row = db.execute(counted).one()
    return row.happened if row.is_due else 0
