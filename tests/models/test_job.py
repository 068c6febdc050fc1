"""What the database itself says of jobs."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from microblog.framework.faults import constraint_of
from microblog.models import Job


def test_a_new_job_waits_and_is_due(db):
    db.execute(insert(Job).values(name="jobs.tests.new"))
    job = db.scalars(select(Job)).one()
    assert (job.status, job.attempt, job.arguments, job.finished_at) == ("waiting", 0, {}, None)
    assert job.run_at == job.created_at


def test_a_job_is_in_no_state_that_nobody_knows(db):
    with pytest.raises(IntegrityError) as refusal:
        db.execute(insert(Job).values(name="jobs.tests.odd", status="paused"))
    assert constraint_of(refusal.value) == "ck__jobs__status"


@pytest.mark.row("MT-D28")
@pytest.mark.parametrize(("status", "stored"), [("waiting", False), ("running", False), ("done", True), ("failed", True)])
def test_only_while_a_job_is_open_there_is_no_second_of_its_kind(db, status, stored):
    db.execute(insert(Job).values(name="jobs.tests.once", only_once="x"))
    db.execute(update(Job).values(status=status))
    second = insert(Job).values(name="jobs.tests.once", only_once="x").on_conflict_do_nothing().returning(Job.id)
    assert (db.scalar(second) is not None) is stored
