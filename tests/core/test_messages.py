"""Messages arrive once, are counted exactly, and are read by the two whose they are."""

import random
import threading

import pytest
from sqlalchemy import func, insert, select

from microblog.core import messages, notifications
from microblog.core.refusals import Conflict, Invalid, NotFound
from microblog.framework.database import Database
from microblog.framework.pagination import Cursor
from microblog.models import Conversation, Message, Notification, Signal, User


def write(db, sender, recipient, body="hello", **options):
    return messages.send(db, sender.id, recipient.username, body, longest=300, **options)


def unread(db, person):
    db.expire_all()
    return db.get(User, person.id).unread_message_count


def inbox(db, person, **cursor):
    return messages.received.page(db, Cursor(**cursor), 25, user_id=person.id).items


def thread(db, one, other, size=25, **cursor):
    low, high = sorted((one.id, other.id))
    return messages.between.page(db, Cursor(**cursor), size, low=low, high=high)


def conversations(db, person):
    rows = messages.conversations.page(db, Cursor(), 25, user_id=person.id).items
    return [(row.username, row.body, row.unread_count) for row in rows]


@pytest.mark.row("MT-21.1", "MT-21.2")
def test_a_message_is_stored_for_the_one_it_is_for(db, alice, bob):
    message_id = messages.send(db, alice.id, "BOB", "  한글😀\nsecond line ", longest=300)
    stored = db.get(Message, message_id)
    assert (stored.sender_id, stored.recipient_id, stored.body) == (alice.id, bob.id, "한글😀\nsecond line")
    assert repr(stored) == "<Message 한글😀\nsecond line>"


@pytest.mark.row("MT-D38")
def test_nobody_writes_to_themselves_or_to_nobody_or_nothing(db, alice, bob, new_person):
    new_person("gone", suspended_at=func.now())
    with pytest.raises(Conflict, match="You cannot send a message to yourself."):
        messages.send(db, alice.id, "Alice", "hello", longest=300)
    for name in ("nobody", "gone"):
        with pytest.raises(NotFound, match=f"User {name} not found."):
            messages.send(db, alice.id, name, "hello", longest=300)
    for body in ("", " \n ", "x" * 301):
        with pytest.raises(Invalid):
            messages.send(db, alice.id, "bob", body, longest=300)
    assert db.scalar(select(func.count()).select_from(Message)) == 0


def test_a_form_sent_twice_is_one_message(db, alice, bob):
    first = write(db, alice, bob, nonce="n1")
    assert write(db, alice, bob, nonce="n1") == first
    assert unread(db, bob) == 1
    assert len(inbox(db, bob)) == 1


@pytest.mark.row("MT-21.4")
def test_an_inbox_has_what_one_has_received_the_newest_first(db, alice, bob, charlie):
    write(db, alice, bob, "first")
    write(db, charlie, bob, "second")
    write(db, bob, alice, "answer")
    assert [(row.body, row.username) for row in inbox(db, bob)] == [("second", "charlie"), ("first", "alice")]
    assert [row.body for row in inbox(db, alice)] == ["answer"]
    assert inbox(db, charlie) == []


def test_a_thread_has_both_sides_and_nobody_else(db, alice, bob, charlie):
    for sender, recipient, body in ((alice, bob, "1"), (bob, alice, "2"), (charlie, bob, "not here"), (alice, bob, "3")):
        write(db, sender, recipient, body)
    for one, other in ((alice, bob), (bob, alice)):
        assert [(row.body, row.username) for row in thread(db, one, other).items] == [
            ("3", "alice"),
            ("2", "bob"),
            ("1", "alice"),
        ]
    newest = thread(db, alice, bob, size=2)
    assert [row.body for row in newest.items] == ["3", "2"]
    older = thread(db, alice, bob, size=2, before=int(newest.older["before"]))
    assert [row.body for row in older.items] == ["1"]
    assert older.older is None


def test_conversations_stand_in_the_order_of_their_newest_message(db, alice, bob, charlie):
    write(db, alice, bob, "first")
    write(db, charlie, bob, "second")
    write(db, bob, alice, "answer")
    assert conversations(db, bob) == [("alice", "answer", 1), ("charlie", "second", 1)]
    assert conversations(db, alice) == [("bob", "answer", 1)]
    assert conversations(db, charlie) == [("bob", "second", 0)]


@pytest.mark.row("MT-21.6", "MT-21.5")
def test_what_was_not_read_is_counted_until_the_inbox_is_opened(db, alice, bob, charlie):
    for sender in (alice, charlie, alice):
        write(db, sender, bob)
    assert unread(db, bob) == 3
    seen = messages.mark_all_read(db, bob.id)
    assert (seen.by_sender, seen.messages) == ({alice.id: 2, charlie.id: 1}, 3)
    assert unread(db, bob) == 0
    assert db.get(User, bob.id).last_message_read_time is not None
    assert {count for _, _, count in conversations(db, bob)} == {0}
    write(db, alice, bob)
    assert unread(db, bob) == 1
    newer = Message.created_at > db.get(User, bob.id).last_message_read_time
    assert db.scalar(select(func.count()).where(Message.recipient_id == bob.id, newer)) in (0, 1)  # one transaction, one now()


def test_reading_one_conversation_leaves_the_others_unread(db, alice, bob, charlie):
    for sender in (alice, charlie, alice):
        write(db, sender, bob)
    assert messages.mark_conversation_read(db, bob.id, alice.id).by_sender == {alice.id: 2}
    assert messages.mark_conversation_read(db, bob.id, alice.id).by_sender == {}
    assert unread(db, bob) == 1
    assert {name: count for name, _, count in conversations(db, bob)} == {"alice": 0, "charlie": 1}


def test_the_new_ones_among_what_is_shown_are_known(db, alice, bob, charlie):
    write(db, alice, bob, "old")
    messages.mark_all_read(db, bob.id)
    new = {write(db, charlie, bob), write(db, alice, bob), write(db, alice, bob)}
    seen = messages.mark_all_read(db, bob.id)
    assert seen.new_among(inbox(db, bob)) == new
    assert messages.mark_all_read(db, bob.id).new_among(inbox(db, bob)) == set()


@pytest.mark.row("MT-21.10", "MT-21.11")
def test_each_message_signals_how_many_are_unread_and_the_newest_signal_stays(db, alice, bob):
    for _ in range(5):
        write(db, alice, bob)
    mine = select(Signal.payload).where(Signal.user_id == bob.id, Signal.name == "unread_message_count")
    assert db.scalars(mine).all() == [5]
    messages.mark_all_read(db, bob.id)
    db.expire_all()
    assert db.scalars(mine).all() == [0]


def test_who_has_written_stands_in_the_notifications_until_it_is_read(db, alice, bob):
    def lines():
        db.expire_all()
        rows = db.execute(select(Notification.kind, Notification.actor_id, Notification.read_at.is_(None))).all()
        return rows, db.get(User, bob.id).unread_notification_count

    for _ in range(2):
        write(db, alice, bob)
    assert lines() == ([("message", alice.id, True)], 1)
    assert messages.mark_conversation_read(db, bob.id, alice.id).lines == 1
    assert lines() == ([("message", alice.id, False)], 0)
    write(db, alice, bob)
    assert lines() == ([("message", alice.id, True)], 1)
    assert messages.mark_all_read(db, bob.id).lines == 1
    assert lines() == ([("message", alice.id, False)], 0)


def test_lists_cost_one_query_each(db, alice, bob, charlie, counted):
    for _ in range(3):
        write(db, alice, bob)
        write(db, charlie, bob)
    for read in (lambda: inbox(db, bob), lambda: thread(db, alice, bob), lambda: conversations(db, bob)):
        with counted() as statements:
            read()
        assert len(statements) == 1


@pytest.fixture
def crowd(new_database):
    """A database that really commits, with 8 people: gives it and their ids by name."""
    database = Database(new_database(), connections=24)
    with database.writing() as db:
        rows = db.execute(insert(User).returning(User.username, User.id), [{"username": f"p{number}"} for number in range(8)])
        ids = dict(rows.all())
        db.commit()
    yield database, ids
    database.close()


def test_counters_are_exact_when_all_write_and_read_at_once(crowd):
    """Messages to and fro, inboxes and conversations opened without a transaction meanwhile: nothing fails, all is counted."""
    database, ids = crowd
    names = sorted(ids)
    chance = random.Random(7)
    deeds = [("write", *chance.sample(names, 2)) for _ in range(120)]
    deeds += [(deed, *chance.sample(names, 2)) for deed in ("inbox", "conversation", "list") for _ in range(40)]
    chance.shuffle(deeds)
    failures, lock = [], threading.Lock()

    def act(deed, one, other):
        with database.writing() if deed == "write" else database.reading() as db:
            if deed == "write":
                messages.send(db, ids[one], other, "hello", longest=300)
            elif deed == "inbox":
                messages.mark_all_read(db, ids[one])
            elif deed == "conversation":
                messages.mark_conversation_read(db, ids[one], ids[other])
            else:
                notifications.mark_read(db, ids[one])
            db.commit()

    def work():
        while True:
            with lock:
                if not deeds:
                    return
                deed = deeds.pop()
            try:
                act(*deed)
            except Exception as error:
                failures.append((deed, error))

    threads = [threading.Thread(target=work) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 120
        for user_id in ids.values():
            person = db.get(User, user_id)
            sums = select(func.coalesce(func.sum(Conversation.unread_count), 0)).where(Conversation.user_id == user_id)
            assert person.unread_message_count == db.scalar(sums)
            lines = select(func.count()).where(Notification.user_id == user_id, Notification.read_at.is_(None))
            assert person.unread_notification_count == db.scalar(lines)
            told = dict(db.execute(select(Signal.name, Signal.payload).where(Signal.user_id == user_id)).all())
            assert told.get("unread_message_count", 0) == person.unread_message_count
            assert told.get("unread_notification_count", 0) == person.unread_notification_count


def test_a_single_message_is_for_the_two_whose_it_is(db, alice, bob, charlie):
    message_id = write(db, alice, bob)
    for person in (alice, bob):
        found = messages.one(db, person.id, message_id)
        assert (found.body, found.sender_id, found.recipient_id, found.username) == ("hello", alice.id, bob.id, "alice")
    for person_id, wanted in ((charlie.id, message_id), (alice.id, 1)):
        with pytest.raises(NotFound):
            messages.one(db, person_id, wanted)
    assert unread(db, bob) == 1


def test_a_message_of_somebody_who_is_suspended_is_not_there(db, alice, bob):
    message_id = write(db, alice, bob)
    db.get(User, alice.id).suspended_at = func.now()
    db.flush()
    with pytest.raises(NotFound):
        messages.one(db, bob.id, message_id)


def test_a_partner_is_found_by_id_too_and_is_never_oneself(db, alice, bob, new_person):
    assert messages.partner_by_id(db, alice.id, bob.id).username == "bob"
    for gone in (new_person("gone", suspended_at=func.now()).id, 2**62):
        with pytest.raises(NotFound, match="There is nobody with this id."):
            messages.partner_by_id(db, alice.id, gone)
    with pytest.raises(Conflict, match="You cannot send a message to yourself."):
        messages.partner_by_id(db, alice.id, alice.id)
