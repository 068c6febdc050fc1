"""The queue: a promise is part of its transaction, is kept once, and is never lost to a worker that dies."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import queue
from microblog.framework.database import Database
from microblog.models import Job, PeriodicJob


def job(db, job_id: int):
    """The job's row as it is now."""
    return db.execute(select(Job.__table__).where(Job.id == job_id)).one()


def let_pass(db, time: timedelta) -> None:
    """As if so much time had passed for every job."""
    db.execute(update(Job).values(run_at=Job.run_at - time, finished_at=Job.finished_at - time))


def names(db) -> list[str]:
    return list(db.scalars(select(Job.name).order_by(Job.id)))


@pytest.fixture
def committing(new_database):
    """A database of its own, where what is committed is."""
    database = Database(new_database(), connections=50)
    yield database
    database.close()


# Promising


@pytest.mark.row("MT-D27", "MT-04.11")
def test_a_promise_in_a_transaction_that_is_undone_was_never_made(committing):
    with committing.writing() as db:
        queue.enqueue(db, "jobs.tests.undone")
    with committing.writing() as db:
        assert names(db) == []


@pytest.mark.row("MT-D27")
def test_nobody_sees_a_promise_before_its_transaction_is_done(committing):
    with committing.writing() as promising, committing.writing() as working:
        queue.enqueue(promising, "jobs.tests.early")
        assert queue.claim(working) is None
        promising.commit()
    with committing.writing() as working:
        assert queue.claim(working).name == "jobs.tests.early"


@pytest.mark.row("XC-09")
def test_a_job_is_claimed_with_what_it_was_promised(db):
    job_id = queue.enqueue(db, "jobs.tests.greet", greeted="한글😀", numbers=[1, 2], nothing=None)
    claimed = queue.claim(db)
    assert (claimed.id, claimed.name, claimed.attempt) == (job_id, "jobs.tests.greet", 1)
    assert claimed.arguments == {"greeted": "한글😀", "numbers": [1, 2], "nothing": None}


@pytest.mark.row("MT-D28")
def test_what_is_wanted_once_is_promised_once_while_it_is_open(db):
    first = queue.enqueue(db, "jobs.tests.export", only_once="susan")
    assert queue.enqueue(db, "jobs.tests.export", only_once="susan") is None
    queue.claim(db)
    assert queue.enqueue(db, "jobs.tests.export", only_once="susan") is None
    queue.finish(db, first, 1)
    assert queue.enqueue(db, "jobs.tests.export", only_once="susan") not in (None, first)


def test_another_name_another_key_and_no_key_are_other_promises(db):
    promised = [
        queue.enqueue(db, name, only_once=key)
        for name, key in (
            ("jobs.tests.a", "x"),
            ("jobs.tests.b", "x"),
            ("jobs.tests.a", "y"),
            ("jobs.tests.a", None),
            ("jobs.tests.a", None),
        )
    ]
    assert None not in promised
    assert len(set(promised)) == 5


@pytest.mark.row("MT-D28")
def test_of_many_who_promise_the_same_at_once_one_does(committing):
    def promise(_number: int) -> int | None:
        with committing.writing() as db:
            job_id = queue.enqueue(db, "jobs.tests.export", only_once="susan")
            db.commit()
            return job_id

    with ThreadPoolExecutor(48) as pool:
        promised = list(pool.map(promise, range(48)))
    assert len([job_id for job_id in promised if job_id is not None]) == 1


# Claiming


def test_an_empty_queue_gives_nothing(db):
    assert queue.claim(db) is None


def test_what_has_waited_longest_comes_first(db):
    promised = [queue.enqueue(db, "jobs.tests.first"), queue.enqueue(db, "jobs.tests.second")]
    assert [queue.claim(db).id, queue.claim(db).id, queue.claim(db)] == [*promised, None]


def test_what_is_for_later_is_left_until_then(db):
    queue.enqueue(db, "jobs.tests.later")
    let_pass(db, timedelta(hours=-1))
    assert queue.claim(db) is None
    let_pass(db, timedelta(hours=1))
    assert queue.claim(db) is not None


@pytest.mark.row("MT-22.3")
def test_two_hundred_jobs_and_forty_eight_workers_make_two_hundred_claims(committing):
    with committing.writing() as db:
        promised = {queue.enqueue(db, "jobs.tests.one") for _ in range(200)}
        db.commit()

    def work(_number: int) -> list[int]:
        claimed = []
        with committing.writing() as db:
            while found := queue.claim(db):
                db.commit()
                claimed.append(found.id)
        return claimed

    with ThreadPoolExecutor(48) as pool:
        claimed = [job_id for found in pool.map(work, range(48)) for job_id in found]
    assert set(Counter(claimed).values()) == {1}
    assert set(claimed) == promised


@pytest.mark.row("MT-D26")
def test_a_job_whose_worker_fell_silent_is_another_workers(db):
    job_id = queue.enqueue(db, "jobs.tests.slow")
    queue.claim(db)
    assert queue.claim(db) is None
    let_pass(db, queue.LEASE)
    again = queue.claim(db)
    assert (again.id, again.attempt) == (job_id, 2)


def test_a_renewed_lease_is_whole_again(db):
    job_id = queue.enqueue(db, "jobs.tests.slow")
    queue.claim(db)
    let_pass(db, queue.LEASE / 2)
    assert queue.renew(db, job_id, 1)
    let_pass(db, queue.LEASE / 2)
    assert queue.claim(db) is None
    let_pass(db, queue.LEASE / 2)
    assert queue.claim(db).id == job_id


# Ending


def test_a_job_that_is_done_is_done(db):
    job_id = queue.enqueue(db, "jobs.tests.done")
    queue.claim(db)
    assert queue.finish(db, job_id, 1)
    let_pass(db, timedelta(days=300))
    assert queue.claim(db) is None
    assert (job(db, job_id).status, job(db, job_id).finished_at is None) == ("done", False)


@pytest.mark.row("MT-D26")
def test_who_lost_the_lease_can_neither_renew_nor_finish_nor_give_back(db):
    job_id = queue.enqueue(db, "jobs.tests.slow")
    queue.claim(db)
    let_pass(db, queue.LEASE)
    queue.claim(db)
    before = job(db, job_id)
    assert not queue.renew(db, job_id, 1)
    assert not queue.finish(db, job_id, 1)
    queue.give_back(db, job_id, 1, "too late")
    assert job(db, job_id) == before


def test_a_job_is_finished_once(db):
    job_id = queue.enqueue(db, "jobs.tests.done")
    queue.claim(db)
    assert [queue.finish(db, job_id, 1), queue.finish(db, job_id, 1), queue.renew(db, job_id, 1)] == [True, False, False]


def test_a_failed_job_waits_longer_each_time_and_is_parked_after_the_fifth(db):
    job_id = queue.enqueue(db, "jobs.tests.broken")
    pauses = []
    for attempt in range(1, queue.MOST_ATTEMPTS + 1):
        assert queue.claim(db).attempt == attempt
        queue.give_back(db, job_id, attempt, f"failed at {attempt}")
        pauses.append(db.scalar(select(Job.run_at - func.now()).where(Job.id == job_id)))
        let_pass(db, timedelta(hours=1))
    assert [pause.total_seconds() for pause in pauses[:4]] == [15, 60, 240, 960]
    assert queue.claim(db) is None
    parked = job(db, job_id)
    assert (parked.status, parked.last_error, parked.attempt) == ("failed", "failed at 5", 5)
    assert parked.finished_at is not None


def test_of_a_long_error_the_end_is_kept(db):
    job_id = queue.enqueue(db, "jobs.tests.broken")
    queue.claim(db)
    queue.give_back(db, job_id, 1, "x" * 50_000 + "the reason")
    assert len(job(db, job_id).last_error) == queue.LONGEST_ERROR
    assert job(db, job_id).last_error.endswith("the reason")


@pytest.mark.row("MT-22.14")
@pytest.mark.parametrize(
    ("status", "age", "kept"),
    [
        ("done", timedelta(hours=23), True),
        ("done", timedelta(hours=25), False),
        ("failed", timedelta(days=29), True),
        ("failed", timedelta(days=31), False),
        ("waiting", timedelta(days=99), True),
        ("running", timedelta(days=99), True),
    ],
)
def test_what_ended_long_ago_is_forgotten_and_what_is_open_never(db, status, age, kept):
    queue.enqueue(db, "jobs.tests.old")
    ended = func.now() - age if status in ("done", "failed") else None
    db.execute(update(Job).values(status=status, created_at=func.now() - age, finished_at=ended))
    queue.sweep(db)
    assert names(db) == (["jobs.tests.old"] if kept else [])


# Periodic jobs

HOURLY = timedelta(hours=1)


def an_hour_later(db) -> None:
    db.execute(update(PeriodicJob).values(promised_at=PeriodicJob.promised_at - HOURLY))


def finish_all(db) -> None:
    db.execute(update(Job).values(status="done", finished_at=func.now()))


def test_what_comes_again_is_promised_at_once_and_then_when_it_is_due(db):
    for _ in range(3):
        queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    assert names(db) == ["jobs.tests.hourly"]
    finish_all(db)
    an_hour_later(db)
    for _ in range(3):
        queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    assert names(db) == ["jobs.tests.hourly"] * 2


def test_what_is_done_before_its_time_is_not_promised_again(db):
    queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    finish_all(db)
    db.execute(update(PeriodicJob).values(promised_at=PeriodicJob.promised_at - HOURLY * 0.9))
    queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    assert names(db) == ["jobs.tests.hourly"]


def test_what_is_still_open_is_not_promised_again(db):
    queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    an_hour_later(db)
    queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
    assert names(db) == ["jobs.tests.hourly"]


@pytest.mark.row("MT-22.3", "XC-03")
def test_many_workers_promise_what_is_due_once(committing):
    def promise(_number: int) -> None:
        with committing.writing() as db:
            queue.enqueue_periodic(db, "jobs.tests.hourly", HOURLY)
            db.commit()

    for expected in (1, 2):
        with ThreadPoolExecutor(48) as pool:
            list(pool.map(promise, range(48)))
        with committing.writing() as db:
            assert names(db) == ["jobs.tests.hourly"] * expected
            finish_all(db)
            an_hour_later(db)
            db.commit()
