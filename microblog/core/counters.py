"""Numbers that many processes count together, exactly."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Counter


def increase(db: Session, name: str, by: int = 1) -> int:
    """Add to a number in one statement; gives what it is then. Whoever comes at the same time waits until this is committed."""
    row = insert(Counter).values(name=name, value=by)
    changed = row.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + by})
    return db.scalars(changed.returning(Counter.value)).one()


def value(db: Session, name: str) -> int:
    """What a number is now; 0 for one that nobody has counted yet."""
    return db.scalar(select(Counter.value).where(Counter.name == name)) or 0
