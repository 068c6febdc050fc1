"""The command that shows the queue."""

import os
from datetime import timedelta

import pytest

from microblog.core import heartbeats, queue
from microblog.framework.database import Database


@pytest.fixture
def given_up(environment, new_database):
    """A database with one job that was given up: gives its id."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)
    with database.writing() as db:
        job_id = queue.enqueue(db, "jobs.letters.lost")
        for _ in range(queue.MOST_ATTEMPTS):
            db.execute(queue.update(queue.Job).values(run_at=queue.func.now()))
            job = queue.claim(db)
            queue.give_back(db, job.id, job.attempt, "Traceback …\nOSError: no server")
        db.commit()
    database.close()
    return job_id


@pytest.mark.row("MT-22.14")
def test_the_list_counts_jobs_and_names_those_that_were_given_up(command, given_up):
    done = command("jobs")
    assert done.status == 0
    assert "failed: 1" in done.out
    assert f"{given_up}  failed" in done.out
    assert "OSError: no server" in done.out


def test_the_list_says_how_late_the_queue_is_and_who_works(command, given_up, environment):
    assert "No worker lives" in command("jobs").out
    database = Database(os.environ["DATABASE_URL"], connections=1)
    with database.writing() as db:
        heartbeats.beat(db, "abc", host="quay", pid=77, age=timedelta(hours=1), done=5, failed=2)
        queue.enqueue(db, "jobs.sessions.sweep")
        db.execute(
            queue.update(queue.Job).where(queue.Job.status == "waiting").values(run_at=queue.func.now() - timedelta(seconds=90))
        )
        db.commit()
    database.close()
    said = command("jobs").out
    assert "has been so for 90 s" in said
    assert "worker quay 77 since" in said
    assert "5 done, 2 attempts failed" in said


def test_one_job_is_shown_whole_and_can_begin_anew(command, given_up):
    assert "Traceback" in command("jobs", "show", str(given_up)).out
    assert command("jobs", "retry", str(given_up)).status == 0
    assert "waiting: 1" in command("jobs").out
    assert command("jobs", "retry", str(given_up)).status == 1
    assert command("jobs", "show", "1").status == 1
    assert command("jobs", "show", "x").status == 2
