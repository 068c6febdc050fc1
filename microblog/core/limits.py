"""Allowances: how often somebody may do something, counted exactly for all processes together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Allowance


@dataclass(frozen=True)
class Limit:
    """So many times within a period; used up, it comes back evenly."""

    name: str
    times: int
    period: timedelta

    @property
    def step(self) -> timedelta:
        return self.period / self.times


def spend(db: Session, limit: Limit, caller: str) -> float:
    """Use one of a caller's times. Gives 0 when it was granted, else the seconds until the next would be."""
    now = func.clock_timestamp()
    grown = func.greatest(Allowance.whole_at, now) + limit.step
    granted = db.scalar(
        insert(Allowance)
        .values(name=limit.name, caller=caller, whole_at=now + limit.step)
        .on_conflict_do_update(index_elements=["name", "caller"], set_={"whole_at": grown}, where=grown <= now + limit.period)
        .returning(Allowance.name)
    )
    if granted:
        return 0.0
    wait = Allowance.whole_at + limit.step - limit.period - now
    seconds = db.scalar(select(func.extract("epoch", wait)).where(Allowance.name == limit.name, Allowance.caller == caller))
    return max(float(seconds or 0.0), 1.0)


def sweep(db: Session) -> None:
    """Forget allowances that are whole again."""
    db.execute(delete(Allowance).where(Allowance.whole_at < func.clock_timestamp()))
