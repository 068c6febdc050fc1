"""Allowances: how often somebody may do something, counted exactly for all processes together."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

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


class Spent(NamedTuple):
    """What has come of using one of a caller's times: the seconds until the next would be granted (0: this one was), how many are
    left, and the seconds until all of them are back."""

    wait: float
    left: int
    whole_in: float


def spend(db: Session, limit: Limit, caller: str) -> Spent:
    """Use one of a caller's times, if there is one."""
    now = func.clock_timestamp()
    grown = func.greatest(Allowance.whole_at, now) + limit.step
    used = db.execute(
        insert(Allowance)
        .values(name=limit.name, caller=caller, whole_at=now + limit.step)
        .on_conflict_do_update(index_elements=["name", "caller"], set_={"whole_at": grown}, where=grown <= now + limit.period)
        .returning(func.extract("epoch", Allowance.whole_at - now))
    ).one_or_none()
    if used:
        whole_in = float(used[0])
        return Spent(0.0, int((limit.period.total_seconds() - whole_in) / limit.step.total_seconds() + 1e-6), whole_in)
    whole = select(func.extract("epoch", Allowance.whole_at - now))
    whole_in = float(db.scalar(whole.where(Allowance.name == limit.name, Allowance.caller == caller)) or 0.0)
    wait = whole_in + limit.step.total_seconds() - limit.period.total_seconds()
    return Spent(max(wait, 1.0), 0, whole_in)


def sweep(db: Session) -> None:
    """Forget allowances that are whole again."""
    db.execute(delete(Allowance).where(Allowance.whole_at < func.clock_timestamp()))
