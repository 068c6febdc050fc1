"""worker: it does what is waiting, and goes when it is told to."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import text

from microblog import config
from microblog.core import queue
from microblog.framework.database import Database


@pytest.fixture
def database(new_database, environment):
    url = new_database()
    environment(DATABASE_URL=url, LOG_TO_STDOUT="on")
    made = Database(url, connections=1)
    yield made
    made.close()


def statuses(database: Database) -> set[str]:
    with database.reading() as db:
        return set(db.scalars(text("SELECT status FROM jobs")))


def test_once_does_everything_that_is_waiting_and_ends(program, database):
    with database.writing() as db:
        queue.enqueue(db, "jobs.limits.sweep")
        db.commit()
    assert program("worker", "--once").status == 0
    assert statuses(database) == {"done"}


@pytest.mark.row("MT-22.3", "MT-18.2")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(environment, database, number):
    words = [sys.executable, "-m", "microblog", "worker"]
    quiet = os.environ | {"MICROBLOG_NO_VENV": "1"}
    with subprocess.Popen(
        words, cwd=config.ROOT, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        said = worker.stdout.readline()
        worker.send_signal(number)
        said += worker.stdout.read()
    assert worker.returncode == 0
    assert "INFO: Worker startup" in said
    assert "INFO: Worker stopped" in said
    assert "Traceback" not in said
