"""Allowances: how often somebody may do something, counted exactly for all processes together."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Interval, String, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.statements import Statement
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


NOW = func.clock_timestamp()
STEP, PERIOD = bindparam("step", type_=Interval), bindparam("period", type_=Interval)
NAME, CALLER = bindparam("limit", type_=String), bindparam("spender", type_=String)
GROWN = func.greatest(Allowance.whole_at, NOW) + STEP
WHOLE_IN = func.extract("epoch", Allowance.whole_at - NOW).label("whole_in")
SPEND = Statement(
    insert(Allowance)
    .values(name=NAME, caller=CALLER, whole_at=NOW + STEP)
    .on_conflict_do_update(index_elements=["name", "caller"], set_={"whole_at": GROWN}, where=GROWN <= NOW + PERIOD)
    .returning(WHOLE_IN)
)
LEFT = Statement(select(WHOLE_IN).where(Allowance.name == NAME, Allowance.caller == CALLER))


def spend(db: Session, limit: Limit, caller: str) -> Spent:
    """Use one of a caller's times, if there is one."""
    used = SPEND.one_or_none(db, limit=limit.name, spender=caller, step=limit.step, period=limit.period)
    if used:
        whole_in = float(used.whole_in)
        return Spent(0.0, int((limit.period.total_seconds() - whole_in) / limit.step.total_seconds() + 1e-6), whole_in)
    spent = LEFT.one_or_none(db, limit=limit.name, spender=caller)
    whole_in = float(spent.whole_in) if spent else 0.0
    wait = whole_in + limit.step.total_seconds() - limit.period.total_seconds()
    return Spent(max(wait, 1.0), 0, whole_in)


def sweep(db: Session) -> None:
    """Forget allowances that are whole again."""
    db.execute(delete(Allowance).where(Allowance.whole_at < func.clock_timestamp()))
