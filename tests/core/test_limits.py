"""Allowances: exactly so many for all processes together, back evenly, and the seconds to wait are the true ones."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import limits
from microblog.core.limits import Limit
from microblog.framework.database import Database
from microblog.models import Allowance

from ..together import in_transactions

TEN_AN_HOUR = Limit("tests", 10, timedelta(hours=1))
STEP = 360.0  # seconds; ten steps are the hour


def granted(db, times: int, caller: str = "susan", limit: Limit = TEN_AN_HOUR) -> int:
    """How many of so many spends are granted."""
    return sum(limits.spend(db, limit, caller).wait == 0 for _ in range(times))


def let_pass(db, **time: float) -> None:
    """As if so much time had passed since everything was spent."""
    db.execute(update(Allowance).values(whole_at=Allowance.whole_at - timedelta(**time)))


def test_a_whole_allowance_can_be_spent_at_once_and_not_more(db):
    assert granted(db, 12) == 10


def test_each_caller_and_each_limit_has_its_own(db):
    assert [granted(db, 11, caller) for caller in ("susan", "david")] == [10, 10]
    assert granted(db, 3, limit=Limit("others", 2, timedelta(hours=1))) == 2


def test_it_comes_back_evenly(db):
    granted(db, 10)
    let_pass(db, seconds=STEP - 30)
    assert granted(db, 1) == 0
    let_pass(db, seconds=31)
    assert granted(db, 2) == 1
    let_pass(db, seconds=3 * STEP)
    assert granted(db, 5) == 3


def test_after_the_period_it_is_whole_and_not_more_than_whole(db):
    granted(db, 10)
    let_pass(db, days=30)
    assert granted(db, 12) == 10


def test_a_refusal_costs_nothing(db):
    granted(db, 10)
    granted(db, 50)
    let_pass(db, seconds=STEP)
    assert granted(db, 2) == 1


def test_the_seconds_to_wait_are_those_until_the_next_is_granted(db):
    granted(db, 10)
    seconds = limits.spend(db, TEN_AN_HOUR, "susan").wait
    assert STEP - 30 < seconds <= STEP
    let_pass(db, seconds=100)
    assert STEP - 130 < limits.spend(db, TEN_AN_HOUR, "susan").wait <= STEP - 100


def test_who_waits_as_long_as_they_were_told_is_granted(db):
    granted(db, 10)
    let_pass(db, seconds=limits.spend(db, TEN_AN_HOUR, "susan").wait)
    assert granted(db, 2) == 1


def test_nobody_is_told_to_wait_less_than_a_second(db):
    granted(db, 10)
    let_pass(db, seconds=STEP)
    granted(db, 1)
    quick = Limit("quick", 1, timedelta(milliseconds=900))
    assert limits.spend(db, quick, "susan").wait == 0
    assert limits.spend(db, quick, "susan").wait == 1


@pytest.mark.row("XC-03")
def test_of_forty_eight_at_once_exactly_ten_are_granted(new_database):
    database = Database(new_database(), connections=48)
    seconds = in_transactions(database, [lambda db: limits.spend(db, TEN_AN_HOUR, "susan").wait] * 48)
    database.close()
    assert seconds.count(0) == 10
    assert all(0 < wait <= STEP for wait in seconds if wait)


def test_the_sweep_forgets_what_is_whole_and_nothing_else(db):
    granted(db, 1, "whole")
    let_pass(db, hours=2)
    granted(db, 1, "spent")
    limits.sweep(db)
    assert db.scalars(select(Allowance.caller).where(Allowance.name == "tests")).all() == ["spent"]


def test_what_was_swept_is_a_whole_allowance(db):
    granted(db, 10)
    let_pass(db, hours=2)
    limits.sweep(db)
    assert db.scalar(select(func.count()).select_from(Allowance)) == 0
    assert granted(db, 11) == 10
