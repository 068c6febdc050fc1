"""The back door says that it lives: from its start to its end, through long jobs, and at nobody's cost."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from microblog import worker
from microblog.core import heartbeats, queue
from microblog.framework.database import Database
from microblog.worker import Worker

PATIENCE = 30.0  # seconds after which something that should come has not


@pytest.fixture(scope="module")
def database(new_database) -> Iterator[Database]:
    made = Database(new_database(), connections=4)
    yield made
    made.close()


@pytest.fixture
def one(database, settings, monkeypatch) -> Iterator[Worker]:
    """A worker that has said nothing yet; it knows the jobs that a test gives it."""
    monkeypatch.setattr(worker, "POLL", 0.05)
    made = Worker(replace(settings, database_url=database.url.render_as_string(False)), {}, {})
    yield made
    made.database.close()
    run(database, "TRUNCATE jobs, heartbeats")


def run(database: Database, statement: str) -> None:
    with database.writing() as db:
        db.execute(text(statement))
        db.commit()


def living(database: Database) -> list:
    with database.reading() as db:
        return heartbeats.listing(db)


def give(one: Worker, database: Database, *works: Callable) -> None:
    """Promise the worker some jobs."""
    one.jobs = {f"jobs.tests.{number}": work for number, work in enumerate(works)}
    with database.writing() as db:
        for name in one.jobs:
            queue.enqueue(db, name)
        db.commit()


def until(happens: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, "It has not happened."
        time.sleep(0.02)


def test_a_worker_lives_from_its_start_until_it_is_told_to_stop(database, one):
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    until(lambda: living(database))
    [mine] = living(database)
    one.stop()
    run(database, f"NOTIFY {queue.CHANNEL}")
    thread.join(PATIENCE)
    assert (mine.pid, mine.host, mine.done) == (os.getpid(), socket.gethostname(), 0)
    assert mine.started_at <= mine.seen_at
    assert living(database) == []


def test_a_beat_says_how_many_jobs_were_done_and_how_many_attempts_failed(database, one):
    give(one, database, lambda work: None, lambda work: None, lambda work: 1 / 0)
    while one.work_once():
        pass
    one.beat()
    assert [(row.done, row.failed) for row in living(database)] == [(2, 1)]


def test_a_beat_before_its_time_costs_nothing(database, one):
    one.beat()
    run(database, "DELETE FROM heartbeats")
    one.beat()
    assert living(database) == []


def test_a_worker_in_a_long_job_still_says_that_it_lives(database, one, monkeypatch):
    monkeypatch.setattr(worker, "RENEWAL", 0.01)
    give(one, database, lambda work: until(lambda: living(database)))
    assert one.work_once()
    assert (one.done, one.failed) == (1, 0)


def test_a_beat_that_cannot_be_said_stops_nobody(database, one):
    run(database, "ALTER TABLE heartbeats RENAME TO elsewhere")
    try:
        one.beat()
        one.leave()
        give(one, database, lambda work: None)
        assert one.work_once()
    finally:
        run(database, "ALTER TABLE elsewhere RENAME TO heartbeats")
    assert (one.done, one.failed) == (1, 0)


def test_between_two_looks_of_a_long_job_nobody_counts_as_dead():
    assert timedelta(seconds=worker.RENEWAL) + heartbeats.EVERY < heartbeats.SILENCE
