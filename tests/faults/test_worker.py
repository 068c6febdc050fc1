"""What workers and mail servers that fail in the middle may cost: nothing."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time

import pytest
from sqlalchemy import insert, select, text

from microblog.core import posts, tasks
from microblog.framework.database import Database
from microblog.models import Credential, Job, Task, User

from ..gateways.post_office import running

EXPORT = Job.name == "jobs.exports.create"

# A worker whose lease is short, so that a test need not wait for the real one.
WORKER = """
from datetime import timedelta
from microblog import config, worker
from microblog.core import queue
queue.LEASE = timedelta(seconds=1.5)
worker.RENEWAL = 0.5
worker.POLL = 0.2
worker.Worker(config.read(), periodic={}).run()
"""


@contextlib.contextmanager
def worker(url: str, mail_port: int, tmp_path, delay: int = 0):
    environment = os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "a key for tests that nobody has guessed yet",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "ADMINS": "admin@example.org",
        "EXPORT_DELAY": str(delay),
        "LOG_DIR": str(tmp_path),
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def export(new_database):
    """A database in which Alice has said two things and waits for her export: gives it and the task's id."""
    url = new_database()
    database = Database(url, connections=2)
    with database.writing() as db:
        alice = db.scalar(insert(User).values(username="alice").returning(User.id))
        db.execute(insert(Credential).values(user_id=alice, email="alice@example.org", password_hash=""))
        for body in ("one", "two"):
            posts.publish(db, alice, body, longest=300)
        task_id = tasks.start(db, alice, "jobs.exports.create", "Exporting posts...")
        db.commit()
    yield url, database, task_id
    database.close()


def until(database, statement, wanted, seconds=30.0):
    """Wait until the statement gives what is wanted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.reading() as db:
            found = db.scalar(statement)
        if wanted(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"still {found!r}")


def attached(letter: bytes) -> dict:
    import email
    from email import policy

    (attachment,) = email.message_from_bytes(letter, policy=policy.default).iter_attachments()
    return json.loads(attachment.get_content())


@pytest.mark.row("MT-22.3", "MT-D26", "MT-D29")
def test_a_worker_killed_in_the_middle_costs_no_letter_and_sends_none_twice(export, tmp_path):
    url, database, task_id = export
    with running() as office:
        with worker(url, office.port, tmp_path, delay=20) as slow:
            until(database, select(Task.progress).where(Task.id == task_id), lambda percent: percent >= 50)
            slow.kill()
            slow.wait()
        assert office.letters == []
        with worker(url, office.port, tmp_path), worker(url, office.port, tmp_path):
            until(database, select(Task.complete).where(Task.id == task_id), bool)
            until(database, select(Job.status).where(EXPORT), lambda status: status == "done")
        assert len(office.letters) == 1
    assert [post["body"] for post in attached(office.letters[0])["posts"]] == ["one", "two"]
    with database.reading() as db:
        assert db.scalar(select(Job.attempt).where(EXPORT)) == 2
        assert not db.scalar(select(Task.failed))


@pytest.mark.row("MT-22.9", "MT-D29")
def test_a_mail_server_that_is_away_for_a_while_loses_no_letter(export, tmp_path):
    url, database, task_id = export
    with running() as office:
        office.refuses = True
        with worker(url, office.port, tmp_path):
            until(database, select(Job.last_error).where(EXPORT), lambda error: re.search("SMTP|come back later", error or ""))
            with database.reading() as db:
                assert not db.scalar(select(Task.complete).where(Task.id == task_id))
            office.refuses = False
            with database.writing() as db:  # the pause is over sooner here than out there
                db.execute(text("UPDATE jobs SET run_at = now()"))
                db.execute(text("NOTIFY jobs"))
                db.commit()
            until(database, select(Task.complete).where(Task.id == task_id), bool)
        assert len(office.letters) == 1


@pytest.mark.row("MT-22.9", "MT-D26")
def test_a_mail_server_that_never_comes_back_closes_the_task_all_the_same(export, tmp_path):
    url, database, task_id = export
    with running() as office:
        office.refuses = True
        with worker(url, office.port, tmp_path):
            for attempt in range(1, 6):
                until(
                    database,
                    select(Job.attempt).where(EXPORT, Job.status != "running"),
                    lambda done, attempt=attempt: done == attempt,
                )
                with database.writing() as db:
                    db.execute(text("UPDATE jobs SET run_at = now() WHERE status = 'waiting'"))
                    db.execute(text("NOTIFY jobs"))
                    db.commit()
            until(database, select(Task.failed).where(Task.id == task_id), bool)
        assert office.letters == []
    with database.reading() as db:
        assert db.scalar(select(Job.status).where(EXPORT)) == "failed"
        assert db.scalar(select(Task.progress)) == 100
