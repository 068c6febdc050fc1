"""The same error is told of once in a while, and counted each time."""

import pytest
from sqlalchemy import select, update

from microblog.core import failures
from microblog.models import Failure


@pytest.mark.row("MT-D17")
def test_an_error_is_told_of_again_only_after_a_while(db):
    assert failures.note(db, "one") == 1
    # Inside one test now() stands still, so what has just been mailed looks as if it were due: move it a little.
    db.execute(update(Failure).values(mailed_at=Failure.mailed_at - failures.QUIET_FOR / 2))
    assert [failures.note(db, "one") for _ in range(3)] == [0, 0, 0]
    assert failures.note(db, "another") == 1
    db.execute(update(Failure).values(mailed_at=Failure.mailed_at - failures.QUIET_FOR))
    assert failures.note(db, "one") == 5
    assert db.scalar(select(Failure.happened).where(Failure.mark == "one")) == 5
