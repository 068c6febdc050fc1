"""The back door: jobs are done once, wholly or not at all, whatever happens to whoever does them."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import psycopg2
import pytest
from sqlalchemy import func, select, text, update

from microblog import config, worker
from microblog.core import queue
from microblog.framework.database import Database
from microblog.models import Job, PeriodicJob
from microblog.worker import Bell, Worker

PATIENCE = 30.0  # seconds after which something that should come has not


@pytest.fixture(scope="module")
def database(new_database) -> Iterator[Database]:
    """A database of these tests' own, for workers really commit."""
    made = Database(new_database(), connections=8)
    yield made
    made.close()


@pytest.fixture
def new_worker(database, settings, monkeypatch):
    """Makes a worker that knows these jobs; the queue is empty before and after."""
    monkeypatch.setattr(worker, "POLL", 0.05)
    made: list[Worker] = []

    def make(periodic: dict | None = None, **jobs: Callable) -> Worker:
        given = {f"jobs.tests.{name}": job for name, job in jobs.items()}
        made.append(Worker(replace(settings, database_url=database.url.render_as_string(False)), given, periodic or {}))
        return made[-1]

    yield make
    for one in made:
        one.database.close()
    run(database, "TRUNCATE jobs, periodic_jobs, heartbeats, users CASCADE")


def run(database: Database, statement: str, **values: object) -> None:
    with database.writing() as db:
        db.execute(text(statement), values)
        db.commit()


def ask(database: Database, statement):
    with database.reading() as db:
        return db.scalar(text(statement) if isinstance(statement, str) else statement)


def promise(database: Database, name: str, **arguments: object) -> int:
    with database.writing() as db:
        job_id = queue.enqueue(db, f"jobs.tests.{name}", **arguments)
        db.commit()
        return job_id


def job(database: Database, job_id: int):
    with database.reading() as db:
        return db.execute(select(Job.__table__).where(Job.id == job_id)).one()


def lease_ends(database: Database) -> None:
    """As if whoever leased a job had been silent for too long."""
    with database.writing() as db:
        db.execute(update(Job).values(run_at=func.now()))
        db.commit()


def until(happens: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, "It has not happened."
        time.sleep(0.02)


@contextmanager
def running(one: Worker) -> Iterator[threading.Thread]:
    """The worker at work in a thread; told to stop in the end, and woken so that it hears."""
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        one.stop()
        run(one.database, f"NOTIFY {queue.CHANNEL}")
        thread.join(PATIENCE)
    assert not thread.is_alive()


def join(work, username: str) -> None:
    """A job's work that can be seen afterwards: somebody joins."""
    work.db.execute(text("INSERT INTO users (username) VALUES (:username)"), {"username": username})


def people(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(text("SELECT username FROM users ORDER BY id")))


# One job


def test_a_job_is_done_with_its_arguments_in_one_transaction_with_its_end(database, new_worker):
    one = new_worker(join=join)
    job_id = promise(database, "join", username="susan")
    assert [one.work_once(), one.work_once()] == [True, False]
    assert people(database) == ["susan"]
    assert job(database, job_id).status == "done"


def test_a_job_is_given_the_settings(database, new_worker):
    seen = []
    one = new_worker(look=lambda work: seen.append(work.config))
    promise(database, "look")
    one.work_once()
    assert seen == [one.config]


@pytest.mark.row("MT-22.9")
def test_a_job_that_fails_leaves_nothing_but_its_trace_and_comes_again(database, new_worker, caplog):
    def fail(work) -> None:
        join(work, "susan")
        raise ValueError("no such luck")

    one = new_worker(fail=fail)
    job_id = promise(database, "fail")
    assert one.work_once()
    failed = job(database, job_id)
    assert people(database) == []
    assert (failed.status, failed.attempt) == ("waiting", 1)
    assert "ValueError: no such luck" in failed.last_error
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_after_five_attempts_a_job_is_parked(database, new_worker):
    attempts = []
    one = new_worker(fail=lambda work: attempts.append(1 / 0))
    job_id = promise(database, "fail")
    for _ in range(queue.MOST_ATTEMPTS):
        assert one.work_once()
        lease_ends(database)
    assert not one.work_once()
    assert (job(database, job_id).status, job(database, job_id).attempt) == ("failed", queue.MOST_ATTEMPTS)


def test_a_job_that_killed_every_worker_is_parked_without_another_try(database, new_worker):
    done = []
    one = new_worker(deadly=lambda work: done.append("again"))
    job_id = promise(database, "deadly")
    run(database, "UPDATE jobs SET status = 'running', attempt = :attempt", attempt=queue.MOST_ATTEMPTS)
    assert one.work_once()
    assert (done, job(database, job_id).status) == ([], "failed")


def test_a_job_that_nobody_knows_is_given_back(database, new_worker):
    job_id = promise(database, "unheard_of")
    assert new_worker().work_once()
    assert job(database, job_id).status == "waiting"
    assert "KeyError" in job(database, job_id).last_error


def test_arguments_that_do_not_fit_are_a_failure_like_any_other(database, new_worker):
    job_id = promise(database, "join", nickname="susan")
    assert new_worker(join=join).work_once()
    assert "TypeError" in job(database, job_id).last_error


def test_a_statement_that_breaks_the_jobs_transaction_does_not_break_the_worker(database, new_worker):
    one = new_worker(broken=lambda work: work.db.execute(text("SELECT nonsense")), join=join)
    promise(database, "broken")
    promise(database, "join", username="susan")
    assert [one.work_once(), one.work_once()] == [True, True]
    assert people(database) == ["susan"]


@pytest.mark.row("MT-D26")
def test_work_whose_lease_was_lost_does_not_count(database, new_worker, caplog):
    def slow(work) -> None:
        join(work, "susan")
        lease_ends(database)
        with database.writing() as db:
            assert queue.claim(db).attempt == 2
            db.commit()

    one = new_worker(slow=slow)
    job_id = promise(database, "slow")
    assert one.work_once()
    assert people(database) == []
    assert (job(database, job_id).status, job(database, job_id).attempt) == ("running", 2)
    assert "another worker's now" in caplog.text


@pytest.mark.row("MT-D26")
def test_a_long_job_keeps_its_lease(database, new_worker, monkeypatch):
    monkeypatch.setattr(worker, "RENEWAL", 0.01)

    def long(work) -> None:
        leased_until = ask(database, select(Job.run_at))
        until(lambda: ask(database, select(Job.run_at)) > leased_until)

    job_id = promise(database, "long")
    assert new_worker(long=long).work_once()
    assert job(database, job_id).status == "done"


def test_a_lease_is_renewed_several_times_before_it_ends():
    assert queue.LEASE.total_seconds() > worker.RENEWAL * 2


# Workers that die, stop and wait

MORTAL = """
import sys, time
from dataclasses import replace
from datetime import timedelta
from sqlalchemy import text
from microblog import config, worker
from microblog.core import queue

queue.LEASE, worker.RENEWAL = timedelta(seconds=1), 0.3

def hang(work):
    work.db.execute(text("INSERT INTO users (username) VALUES ('ghost')"))
    print("at work", flush=True)
    time.sleep(600)

worker.Worker(config.read(), {"jobs.tests.hang": hang}, {}).run()
"""


@pytest.mark.row("MT-22.3", "MT-D26", "XC-03")
def test_a_job_whose_worker_was_killed_is_done_by_another_when_the_lease_ends(database, new_worker):
    one = new_worker(hang=lambda work: join(work, "susan"))
    job_id = promise(database, "hang")
    environment = os.environ | {"DATABASE_URL": one.config.database_url, "SECRET_KEY": "k", "MICROBLOG_ENV": "testing"}
    victim = subprocess.Popen([sys.executable, "-c", MORTAL], env=environment, cwd=config.ROOT, stdout=subprocess.PIPE, text=True)
    with victim:
        assert victim.stdout.readline() == "at work\n"
        assert not one.work_once()
        victim.send_signal(signal.SIGKILL)
    until(one.work_once)
    assert people(database) == ["susan"]
    assert (job(database, job_id).status, job(database, job_id).attempt) == ("done", 2)


def test_a_worker_that_is_told_to_stop_finishes_the_job_in_hand_and_takes_no_other(database, new_worker):
    begun, go_on = threading.Event(), threading.Event()

    def long(work) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    one = new_worker(long=long)
    promised = [promise(database, "long"), promise(database, "long")]
    with running(one):
        assert begun.wait(PATIENCE)
        one.stop()
        go_on.set()
    assert [job(database, job_id).status for job_id in promised] == ["done", "waiting"]


def is_listening(database: Database) -> bool:
    listening = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN jobs' AND datname = current_database()"
    return bool(ask(database, listening))


def test_a_promise_wakes_a_worker_that_waits(database, new_worker, monkeypatch):
    monkeypatch.setattr(worker, "POLL", 600.0)
    done = threading.Event()
    with running(new_worker(wake=lambda work: done.set())):
        until(lambda: is_listening(database))
        promise(database, "wake")
        assert done.wait(PATIENCE)


def test_a_promise_that_is_undone_wakes_nobody(database):
    with Bell(database) as bell:
        bell.wait(0)
        heard = bell.connection.notifies = []
        with database.writing() as db:
            queue.enqueue(db, "jobs.tests.undone")
        run(database, f"NOTIFY {queue.CHANNEL}, 'the next one'")
        until(lambda: bell.connection.poll() or heard)
    assert [notice.payload for notice in heard] == ["the next one"]


def test_a_bell_that_cannot_listen_only_waits(database, monkeypatch):
    slept = []
    monkeypatch.setattr(worker.time, "sleep", slept.append)

    def refuse(*_words: object, **_options: object):
        raise psycopg2.OperationalError("the server is starting up")

    with Bell(database, connect=refuse) as bell:
        bell.wait(2.0)
        bell.wait(2.0)
    assert slept == [2.0, 2.0]


def test_a_bell_whose_connection_was_cut_listens_anew(database, monkeypatch):
    monkeypatch.setattr(worker.time, "sleep", lambda seconds: None)
    with Bell(database) as bell:
        bell.wait(0)
        first = bell.connection
        ask(database, "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE query = 'LISTEN jobs'")
        until(lambda: bell.wait(0) or (bell.connection and bell.connection is not first))
        assert is_listening(database)


def test_a_database_that_is_away_is_waited_for(database, new_worker, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(worker, "POLL", 0.01)
    one = new_worker(join=join)
    good, one.database = one.database, Database("postgresql://nobody@127.0.0.1:9/nothing", connections=1)
    promise(database, "join", username="susan")

    def comes_back() -> bool:
        if "does not answer" in caplog.text:
            one.database = good
        return people(database) == ["susan"]

    with running(one):
        until(comes_back)
    assert caplog.messages[0] == "Worker startup"
    assert caplog.messages[-1] == "Worker stopped"


def test_trouble_that_waiting_does_not_mend_ends_the_worker(new_worker, monkeypatch):
    one = new_worker()
    monkeypatch.setattr(one, "work_once", lambda: ask(one.database, "SELECT nonsense"))
    with pytest.raises(Exception, match="nonsense"):
        one.run()


# What comes again


def test_what_comes_again_is_promised_and_done(database, new_worker):
    one = new_worker({"jobs.tests.join": timedelta(hours=1)}, join=lambda work: join(work, "susan"))
    with running(one):
        until(lambda: people(database) == ["susan"])
    assert ask(database, select(func.count()).select_from(PeriodicJob)) == 1


def test_the_clock_of_what_comes_again_is_looked_at_now_and_then_only(database, new_worker):
    one = new_worker({"jobs.tests.hourly": timedelta(0)})
    one.promise_periodic()
    run(database, "DELETE FROM jobs")
    one.promise_periodic()
    assert ask(database, select(func.count()).select_from(Job)) == 0
    new_worker({"jobs.tests.hourly": timedelta(0)}).promise_periodic()
    assert ask(database, select(func.count()).select_from(Job)) == 1


@pytest.mark.row("XC-03")
def test_many_workers_promise_what_comes_again_once(database, new_worker):
    workers = [new_worker({"jobs.tests.hourly": timedelta(hours=1)}) for _ in range(8)]
    threads = [threading.Thread(target=one.promise_periodic) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask(database, select(func.count()).select_from(Job)) == 1


def test_what_the_product_promises_again_and_again_is_done_without_a_complaint(database, settings, new_worker, caplog):
    made = new_worker()
    one = Worker(made.config)
    one.promise_periodic()
    while one.work_once():
        pass
    one.database.close()
    assert caplog.records == []
    assert ask(database, "SELECT count(*) FROM jobs WHERE status <> 'done'") == 0
