"""The id that tells the time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text


def new_ids(db, count: int) -> list[int]:
    return list(db.scalars(text("SELECT next_id() FROM generate_series(1, :count)"), {"count": count}))


def test_an_id_tells_when_it_was_made(db):
    (made,) = new_ids(db, 1)
    moment = datetime.fromtimestamp((made >> 16) / 1000, UTC)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.row("MT-D20")
def test_many_made_at_once_are_all_different(db):
    assert len(set(new_ids(db, 20_000))) == 20_000


def test_an_id_that_is_made_later_is_greater_once_the_clock_has_moved(db):
    (first,) = new_ids(db, 1)
    db.execute(text("SELECT pg_sleep(0.002)"))
    assert new_ids(db, 1)[0] > first


def test_an_id_fits_a_bigint_for_longer_than_any_of_us(db):
    far = int(datetime(3000, 1, 1, tzinfo=UTC).timestamp() * 1000) << 16 | 0xFFFF
    assert new_ids(db, 1)[0] < far < 2**63
