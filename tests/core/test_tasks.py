"""Tasks are one at a time, can be watched, and always end."""

import pytest
from sqlalchemy import func, insert, select, update

from microblog.core import queue, tasks
from microblog.core.refusals import Conflict, NotFound
from microblog.framework.database import Database
from microblog.models import Job, Notification, Signal, Task, User

from ..together import in_transactions

NAME = "jobs.exports.create"


def task(db):
    db.expire_all()
    return db.scalars(select(Task)).one()


def signals(db):
    return [payload["progress"] for payload in db.scalars(select(Signal.payload).where(Signal.name == "task_progress"))]


@pytest.mark.row("MT-22.4", "MT-D27")
def test_starting_promises_the_job_in_the_same_transaction(db, alice):
    task_id = tasks.start(db, alice.id, NAME, "Exporting posts...")
    job = db.scalars(select(Job)).one()
    assert (job.name, job.arguments) == (NAME, {"task_id": task_id, "user_id": alice.id})
    assert len(task_id) == 36
    assert (task(db).job_id, task(db).complete, task(db).progress) == (job.id, False, 0)
    db.rollback()
    assert db.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.row("MT-22.1", "MT-D28")
def test_a_second_one_must_wait_and_another_persons_need_not(db, alice, bob):
    task_id = tasks.start(db, alice.id, NAME, "Exporting posts...")
    with pytest.raises(Conflict, match="An export task is currently in progress"):
        tasks.start(db, alice.id, NAME, "Exporting posts...")
    tasks.start(db, bob.id, NAME, "Exporting posts...")
    tasks.finish(db, task_id)
    tasks.start(db, alice.id, NAME, "Exporting posts...")


@pytest.mark.row("MT-22.6", "MT-D29", "MT-D30")
def test_progress_only_grows_and_a_hundred_means_it_is_over(db, alice):
    task_id = tasks.start(db, alice.id, NAME, "Exporting posts...")
    assert signals(db) == [0]
    for percent, shown in ((10, 10), (5, 10), (100, 99)):
        tasks.advance(db, task_id, percent)
        assert signals(db) == [shown]
    tasks.finish(db, task_id, result=b"{}")
    tasks.advance(db, task_id, 50)
    assert signals(db) == [100]
    assert (task(db).complete, task(db).failed) == (True, False)
    assert db.scalars(select(Notification.kind)).all() == ["task"]


@pytest.mark.row("MT-22.9", "MT-D26")
def test_the_task_of_a_job_that_is_given_up_is_closed_as_failed(db, alice):
    tasks.start(db, alice.id, NAME, "Exporting posts...")
    tasks.abandon(db, db.scalar(select(Job.id)))
    assert (task(db).complete, task(db).failed, task(db).progress) == (True, True, 100)
    tasks.abandon(db, 0)


@pytest.mark.row("MT-22.14")
def test_a_result_is_its_owners_for_a_day(db, alice, charlie):
    task_id = tasks.start(db, alice.id, NAME, "Exporting posts...")
    with pytest.raises(NotFound):
        tasks.result(db, alice.id, task_id)
    tasks.finish(db, task_id, result=b"posts")
    assert tasks.result(db, alice.id, task_id) == b"posts"
    for person, wanted in ((charlie.id, task_id), (alice.id, "other")):
        with pytest.raises(NotFound):
            tasks.result(db, person, wanted)
    db.execute(update(Task).values(finished_at=func.now() - tasks.RESULT_KEPT_FOR * 2))
    with pytest.raises(NotFound):
        tasks.result(db, alice.id, task_id)
    tasks.sweep(db)
    assert db.scalar(select(Task.result)) is None


@pytest.mark.row("MT-D28")
def test_of_many_clicks_at_once_one_starts_it(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    with database.writing() as db:
        user_id = db.scalar(insert(User).values(username="alice").returning(User.id))
        db.commit()
    outcomes = in_transactions(database, [lambda db: tasks.start(db, user_id, NAME, "Exporting posts...")] * 16)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Job)) == 1
        assert queue.MOST_ATTEMPTS == 5
    database.close()
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 15


def test_ones_own_tasks_are_listed_newest_first_without_what_came_of_them(db, alice, charlie):
    old = tasks.start(db, alice.id, NAME, "Exporting posts...")
    tasks.finish(db, old, result=b"posts")
    db.execute(update(Task).values(created_at=func.now() - tasks.RESULT_KEPT_FOR / 2))
    new = tasks.start(db, alice.id, NAME, "Exporting posts...")
    listed = tasks.of(db, alice.id)
    assert [(row.id, row.complete, row.has_result) for row in listed] == [(new, False, False), (old, True, True)]
    assert not hasattr(listed[0], "result")
    assert tasks.of(db, charlie.id) == []


def test_no_more_than_a_hundred_tasks_are_listed(db, alice):
    rows = [{"id": str(number), "user_id": alice.id, "name": NAME, "description": "", "complete": True} for number in range(101)]
    db.execute(insert(Task), rows)
    assert len(tasks.of(db, alice.id)) == tasks.MOST_SHOWN == 100


def test_a_single_task_is_its_owners_alone_and_its_file_is_there_for_a_day(db, alice, charlie):
    task_id = tasks.start(db, alice.id, NAME, "Exporting posts...")
    tasks.finish(db, task_id, result=b"posts")
    assert tasks.one(db, alice.id, task_id).has_result
    for person, wanted in ((charlie.id, task_id), (alice.id, "other")):
        with pytest.raises(NotFound):
            tasks.one(db, person, wanted)
    db.execute(update(Task).values(finished_at=func.now() - tasks.RESULT_KEPT_FOR * 2))
    assert not tasks.one(db, alice.id, task_id).has_result
