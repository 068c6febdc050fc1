"""People are told once, counted exactly, and an open page misses no signal and sees none twice."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update

from microblog.core import follows, notifications, posts
from microblog.core.refusals import NotFound
from microblog.framework.database import Database
from microblog.framework.pagination import Cursor
from microblog.models import Notification, Signal, Task, User


def lines(db, person):
    return notifications.told.page(db, Cursor(), 25, user_id=person.id).items


def unread(db, person):
    db.expire_all()
    return db.get(User, person.id).unread_notification_count


def newest(db, person, since=0.0):
    return [(row["name"], row["data"]) for row in notifications.signals(db, person.id, since)]


def publish(db, author, body):
    return posts.publish(db, author.id, body, longest=300)


@pytest.mark.row("MT-21.9")
def test_signals_are_those_newer_than_the_last_in_their_order(db, alice, bob):
    for number, name in enumerate(("first", "second", "third")):
        notifications.signal(db, alice.id, name, number)
    notifications.signal(db, bob.id, "not hers", 0)
    told = notifications.signals(db, alice.id, 0.0)
    assert [set(row) for row in told] == [{"name", "data", "timestamp"}] * 3
    assert [(row["name"], row["data"]) for row in told] == [("first", 0), ("second", 1), ("third", 2)]
    assert newest(db, alice, told[0]["timestamp"]) == [("second", 1), ("third", 2)]
    assert newest(db, alice, told[2]["timestamp"]) == []


@pytest.mark.row("MT-21.10", "MT-21.8")
def test_a_new_signal_takes_the_place_of_the_last_of_its_name(db, alice):
    for number in range(5):
        notifications.signal(db, alice.id, "unread_message_count", number)
    assert newest(db, alice) == [("unread_message_count", 4)]


@pytest.mark.row("MT-D30", "MT-21.11")
def test_the_progress_of_one_task_does_not_hide_that_of_another(db, alice):
    for task, progress in (("a", 10), ("b", 20), ("a", 30)):
        notifications.signal(db, alice.id, "task_progress", {"task_id": task, "progress": progress}, subject=task)
    assert newest(db, alice) == [
        ("task_progress", {"task_id": "b", "progress": 20}),
        ("task_progress", {"task_id": "a", "progress": 30}),
    ]


def test_signals_are_some_at_a_time(db, alice):
    for number in range(notifications.MOST_SIGNALS + 1):
        notifications.signal(db, alice.id, "x", number, subject=str(number))
    told = notifications.signals(db, alice.id, 0.0)
    assert len(told) == notifications.MOST_SIGNALS
    assert newest(db, alice, told[-1]["timestamp"]) == [("x", notifications.MOST_SIGNALS)]


@pytest.mark.row("MT-D23")
def test_a_clock_that_goes_back_does_not_take_the_order_back(db, alice):
    ahead = db.scalar(select(func.extract("epoch", func.now()))) + 3_600
    db.execute(insert(Signal).values(user_id=alice.id, name="early", payload=1, timestamp=ahead))
    notifications.signal(db, alice.id, "late", 2)
    notifications.signal(db, alice.id, "late", 3)
    first, second = notifications.signals(db, alice.id, 0.0)
    assert (first["name"], second["name"], second["data"]) == ("early", "late", 3)
    assert first["timestamp"] < second["timestamp"]


@pytest.fixture
def committing(new_database):
    """A database that really commits, with one person: gives it and their id."""
    database = Database(new_database(), connections=24)
    with database.writing() as db:
        user_id = db.scalar(insert(User).values(username="alice").returning(User.id))
        db.commit()
    yield database, user_id
    database.close()


@pytest.mark.row("MT-D23")
def test_a_signal_waits_for_the_one_before_it_and_is_later(committing):
    """A transaction that signals and then takes its time: what is signalled meanwhile is committed after it and stamped later."""
    database, user_id = committing
    order = []

    def second():
        with database.writing() as db:
            notifications.signal(db, user_id, "second", 2)
            order.append("second")
            db.commit()

    with database.writing() as db, database.reading() as onlooker:
        notifications.signal(db, user_id, "first", 1)
        thread = threading.Thread(target=second)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        while not onlooker.scalar(waiting):
            assert thread.is_alive()
        assert notifications.signals(onlooker, user_id, 0.0) == []
        order.append("first")
        db.commit()
    thread.join()
    with database.reading() as db:
        assert [row["name"] for row in notifications.signals(db, user_id, 0.0)] == ["first", "second"] == order


@pytest.mark.row("MT-D23", "MT-21.12")
def test_a_page_that_asks_all_the_time_gets_each_signal_once_and_in_order(committing):
    database, user_id = committing
    writers, each = 12, 15
    start = threading.Barrier(writers + 1)

    def write(writer):
        start.wait()
        for number in range(each):
            with database.writing() as db:
                notifications.signal(db, user_id, "step", number, subject=f"{writer}.{number}")
                db.commit()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    seen, since = [], 0.0
    start.wait()
    with database.reading() as db:
        busy = True
        while busy:
            busy = any(thread.is_alive() for thread in threads)
            for row in notifications.signals(db, user_id, since):
                assert row["timestamp"] > since
                since = row["timestamp"]
                seen.append(since)
        assert len(seen) == writers * each
        assert seen == sorted(db.scalars(select(Signal.timestamp)))


def test_a_new_reader_is_told_once(db, alice, bob):
    for _ in range(2):
        follows.follow(db, bob.id, "alice")
        follows.unfollow(db, bob.id, "alice")
    (line,) = lines(db, alice)
    assert (line.kind, line.username, line.read_at) == ("follow", "bob", None)
    assert unread(db, alice) == 1
    assert newest(db, alice) == [("unread_notification_count", 1)]


def test_those_a_post_speaks_of_are_told_but_not_its_author(db, alice, bob, charlie):
    publish(db, alice, "@bob and @BOB again, @alice and @nobody")
    assert [(line.kind, line.username, line.post_body) for line in lines(db, bob)] == [
        ("mention", "alice", "@bob and @BOB again, @alice and @nobody")
    ]
    assert (unread(db, alice), unread(db, bob), unread(db, charlie)) == (0, 1, 0)
    posts.publish(db, alice.id, "once @bob", longest=300, nonce="n")
    posts.publish(db, alice.id, "once @bob", longest=300, nonce="n")
    assert unread(db, bob) == 2


def test_at_most_twenty_are_told_and_it_costs_the_same(db, alice, new_person, counted):
    people = [new_person(f"p{number}") for number in range(25)]
    with counted() as few:
        publish(db, alice, "@p0")
    with counted() as many:
        publish(db, alice, " ".join(f"@{person.username}" for person in people))
    assert len(few) == len(many)
    assert sum(unread(db, person) for person in people) == 1 + posts.MOST_MENTIONS


def test_a_post_that_is_taken_back_is_spoken_of_no_more(db, alice, bob, charlie):
    kept, gone = publish(db, alice, "@bob stay"), publish(db, alice, "@bob @charlie go")
    (read,) = (line for line in lines(db, charlie))
    notifications.open_one(db, charlie.id, read.id)
    posts.withdraw(db, alice.id, gone)
    assert [line.subject_id for line in lines(db, bob)] == [kept]
    assert lines(db, charlie) == []
    assert (unread(db, bob), unread(db, charlie)) == (1, 0)


def test_a_task_that_is_over_is_told_with_how_it_went(db, alice):
    for number, failed in ((7, False), (8, True)):
        row = {"id": f"t{number}", "name": "jobs.exports.create", "description": "x", "user_id": alice.id, "complete": True}
        db.execute(insert(Task).values(row | {"failed": failed, "job_id": number, "result": None if failed else b"{}"}))
        notifications.tell_task(db, alice.id, number)
    done, broken = sorted(lines(db, alice), key=lambda line: line.subject_id)
    assert (done.kind, done.actor_id, done.failed, broken.failed) == ("task", None, False, True)
    assert notifications.open_one(db, alice.id, done.id).task_id == "t7"
    assert notifications.open_one(db, alice.id, broken.id).task_id is None


def test_lines_are_read_one_by_one_or_all_together(db, alice, bob, charlie):
    for person in (bob, charlie):
        follows.follow(db, person.id, "alice")
    publish(db, bob, "@alice")
    newest_line = lines(db, alice)[0]
    opened = notifications.open_one(db, alice.id, newest_line.id)
    assert (opened.kind, opened.subject_id, opened.username) == ("mention", newest_line.subject_id, "bob")
    notifications.open_one(db, alice.id, newest_line.id)
    assert unread(db, alice) == 2
    assert notifications.mark_read(db, alice.id) == 2
    assert notifications.mark_read(db, alice.id) == 0
    assert unread(db, alice) == 0
    assert all(line.read_at for line in lines(db, alice))
    assert newest(db, alice) == [("unread_notification_count", 0)]


def test_nobody_opens_what_another_is_told(db, alice, bob, charlie):
    follows.follow(db, bob.id, "alice")
    (line,) = lines(db, alice)
    for person, notification_id in ((charlie, line.id), (alice, line.id + 1)):
        with pytest.raises(NotFound):
            notifications.open_one(db, person.id, notification_id)
    assert unread(db, alice) == 1


def test_the_list_costs_one_query_however_long_it_is(db, alice, bob, charlie, counted):
    for person in (bob, charlie):
        follows.follow(db, person.id, "alice")
        publish(db, person, "@alice")
    with counted() as statements:
        assert len(lines(db, alice)) == 4
    assert len(statements) == 1


def test_what_is_old_and_read_is_swept(db, alice, bob, charlie):
    for person in (bob, charlie):
        follows.follow(db, person.id, "alice")
    publish(db, bob, "@alice")
    mention, by_charlie, by_bob = lines(db, alice)
    for line in (mention, by_bob):
        notifications.open_one(db, alice.id, line.id)
    old = int((by_bob.created_at - timedelta(days=91)).timestamp() * 1000) << 16
    for line in (by_charlie, by_bob):
        db.execute(update(Notification).where(Notification.id == line.id).values(id=old + line.actor_id))
    notifications.signal(db, alice.id, "task_progress", {}, subject="old")
    db.execute(update(Signal).where(Signal.subject == "old").values(timestamp=Signal.timestamp - 90_000))
    notifications.sweep(db)
    assert [(line.kind, line.username) for line in lines(db, alice)] == [("mention", "bob"), ("follow", "charlie")]
    assert newest(db, alice) == [("unread_notification_count", 1)]


def test_people_who_speak_of_each_other_all_at_once_are_counted_exactly(new_database):
    database = Database(new_database(), connections=16)
    names = [f"p{number}" for number in range(6)]
    with database.writing() as db:
        ids = db.scalars(insert(User).returning(User.id), [{"username": name} for name in names]).all()
        db.commit()
    failures = []

    def live(turn):
        try:
            for number in range(8):
                me, other = (turn + number) % 6, (turn * 5 + number * 3 + 1) % 6
                with database.writing() as db:
                    post_id = posts.publish(db, ids[me], f"@{names[other]} @{names[(other + 2) % 6]}", longest=300)
                    if me != other:
                        follows.follow(db, ids[me], names[other])
                    db.commit()
                with database.reading() as db:
                    notifications.mark_read(db, ids[(turn + number) % 4])
                if number % 2:
                    with database.writing() as db:
                        posts.withdraw(db, ids[me], post_id)
                        db.commit()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=live, args=(turn,)) for turn in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as db:
        for user_id in ids:
            mine = select(func.count()).where(Notification.user_id == user_id, Notification.read_at.is_(None))
            assert db.get(User, user_id).unread_notification_count == db.scalar(mine)
        assert db.scalar(select(func.sum(User.post_count))) == 48
    database.close()


def test_a_single_line_is_its_owners_and_looking_leaves_it_unread(db, alice, bob, charlie):
    follows.follow(db, bob.id, "alice")
    (line,) = lines(db, alice)
    found = notifications.one(db, alice.id, line.id)
    assert (found.kind, found.username, found.read_at) == ("follow", "bob", None)
    assert unread(db, alice) == 1
    for person_id, wanted in ((charlie.id, line.id), (bob.id, line.id), (alice.id, 1)):
        with pytest.raises(NotFound):
            notifications.one(db, person_id, wanted)
    db.get(User, bob.id).suspended_at = func.now()
    db.flush()
    with pytest.raises(NotFound):
        notifications.one(db, alice.id, line.id)
