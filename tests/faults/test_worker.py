"""What workers and mail servers that fail in the middle may cost: nothing."""

import contextlib
import email
import json
import os
import re
import time
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import func, insert, select, text

from microblog.core import polls, posts, queue, tasks, votes
from microblog.framework.database import Database
from microblog.models import Credential, Job, Notification, Poll, Task, Token, User

from ..gateways.post_office import running
from . import workers

EXPORT = Job.name == "jobs.exports.create"


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
    with workers.worker(environment, tmp_path / "worker.log") as process:
        yield process


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


def wait_for(true, seconds=20.0):
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)


def link(letter) -> str:
    """The address in a letter that opens something."""
    (body,) = [part.get_payload(decode=True).decode() for part in letter.walk() if part.get_content_type() == "text/plain"]
    return re.search(r"http\S+/auth/\S+", body)[0]


def attached(letter: bytes) -> dict:
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


def test_a_worker_killed_when_a_letter_was_taken_sends_it_again_under_the_same_name_and_with_the_same_link(export, tmp_path):
    """The mail server has the letter, and nobody has stored that. Seen to fail with a worker that names letters otherwise each time
    (FAULTS_SPOILED=renaming)."""
    url, database, _ = export
    with database.writing() as db:
        db.execute(text("DELETE FROM jobs"))
        job_id = queue.enqueue(db, "jobs.resets.send", email="alice@example.org")
        db.commit()
    status = select(Job.status).where(Job.id == job_id)
    with running() as office:
        office.prompt.clear()
        with worker(url, office.port, tmp_path) as slow:
            wait_for(lambda: office.letters)
            slow.kill()
            slow.wait()
        office.prompt.set()
        with database.reading() as db:
            assert db.scalar(status) == "running"
        with worker(url, office.port, tmp_path):
            until(database, status, lambda status: status == "done")
    first, second = map(email.message_from_bytes, office.letters)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert link(first) == link(second)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Token)) == 1


def test_a_worker_killed_with_news_in_hand_tells_everybody_once(export, tmp_path):
    """The job that tells the voters of a poll is held up where it writes, and its worker killed. Seen to fail with a worker that
    says that a job is done before it is (FAULTS_SPOILED=boasting), and with one that leaves the jobs of the dead alone (aloof)."""
    url, database, _ = export
    with database.writing() as db:
        alice = db.scalar(select(User.id))
        voters = [db.scalar(insert(User).values(username=f"voter{number}").returning(User.id)) for number in range(3)]
        asked = polls.NewPoll(["tea", "coffee"], timedelta(hours=1))
        post_id = posts.publish(db, alice, "And you?", longest=300, poll=asked)
        poll_id = db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()
        for voter in voters:
            votes.cast(db, voter, poll_id, [1])
        polls.close(db, poll_id)
        polls.tell_end(db, poll_id)
        db.execute(text("DELETE FROM jobs"))
        queue.enqueue(db, "jobs.polls.tell", poll_id=poll_id)
        db.commit()
    held = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notifications'::regclass"
    with running() as office:
        with database.writing() as db:
            db.execute(text("LOCK TABLE notifications IN SHARE MODE"))
            with worker(url, office.port, tmp_path) as slow:
                wait_for(lambda: db.scalar(text(held)))
                slow.kill()
                slow.wait()
            db.rollback()
        with worker(url, office.port, tmp_path):
            until(database, select(func.count()).select_from(Job).where(Job.status != "done"), lambda left: not left)
    with database.reading() as db:
        told = [tuple(row) for row in db.execute(select(Notification.user_id, Notification.kind, Notification.subject_id))]
        counted = db.scalars(select(User.unread_notification_count)).all()
    assert sorted(told) == [(person, "poll", post_id) for person in sorted([alice, *voters])]
    assert counted == [1, 1, 1, 1]
