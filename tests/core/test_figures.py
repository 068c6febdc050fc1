"""Figures of the site: one query, whatever there is."""

import time
from datetime import timedelta

from sqlalchemy import func, insert, text, update

from microblog.core import figures, heartbeats, queue
from microblog.framework.database import Database
from microblog.models import Heartbeat, Job, Post, User


def test_an_empty_site_has_figures(db):
    found = figures.all_of(db)
    assert (found.due, found.later, found.running, found.given_up, found.oldest, found.workers) == (0, 0, 0, 0, 0, 0)


def test_jobs_are_told_apart_and_the_oldest_that_is_due_has_its_age(db):
    queue.enqueue(db, "jobs.sessions.sweep", after=timedelta(hours=1))
    for seconds in (5, 90):
        db.execute(insert(Job).values(name="x", arguments={}, run_at=func.now() - timedelta(seconds=seconds)))
    for status in ("running", "failed", "failed", "failed", "done"):
        db.execute(insert(Job).values(name="x", arguments={}, status=status))
    found = figures.all_of(db)
    assert (found.due, found.later, found.running, found.given_up) == (2, 1, 1, 3)
    assert round(found.oldest) == 90


def test_only_workers_that_live_are_counted(db, alice):
    for mark in ("a", "b"):
        heartbeats.beat(db, mark, host="h", pid=1, age=timedelta(), done=0, failed=0)
    db.execute(update(Heartbeat).where(Heartbeat.mark == "a").values(seen_at=func.now() - heartbeats.SILENCE))
    assert (figures.all_of(db).workers, figures.all_of(db).people) == (1, 1)


def test_it_is_one_query_and_walks_no_table_of_people_or_posts(db, counted):
    with counted() as statements:
        figures.all_of(db)
    assert len(statements) == 1
    plan = "\n".join(db.execute(text("EXPLAIN " + statements[0].replace("%%", "%"))).scalars())
    for table in ("posts", "users", "sessions"):
        assert f"on {table}" not in plan


def test_jobs_are_found_by_indexes_however_many_are_done(db, counted):
    with counted() as statements:
        figures.all_of(db)
    db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(db.execute(text("EXPLAIN " + statements[0].replace("%%", "%"))).scalars())
    assert "Seq Scan on jobs" not in plan
    assert "ix__jobs__failed" in plan


def test_posts_are_estimated_also_before_postgres_has_looked_at_them(new_database):
    database = Database(new_database(), connections=1)
    with database.writing() as db:
        alice = db.scalar(insert(User).values(username="alice").returning(User.id))
        db.execute(insert(Post), [{"author_id": alice, "body": f"{number}"} for number in range(30)])
        db.commit()
    deadline = time.monotonic() + 20
    found = None
    while not found and time.monotonic() < deadline:  # its own figures come with a delay
        with database.reading() as db:
            found = figures.all_of(db).posts
    database.close()
    assert found == 30
