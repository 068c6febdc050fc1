"""What the caller is told, by plain words, and nobody else's."""

import pytest
from sqlalchemy import select

from microblog.core import follows, messages, notifications, posts, tasks
from microblog.core.polls import NewPoll
from microblog.models import Poll, User


@pytest.fixture
def told(db, alice, bob):
    """Tells Alice one thing of each kind; gives the ids of the posts that mention her and that ask."""
    from datetime import timedelta

    from microblog.core import polls

    follows.follow(db, bob.id, "alice")
    mention = posts.publish(db, bob.id, "hello @alice", longest=300)
    messages.send(db, bob.id, "alice", "hello", longest=300)
    tasks.finish(db, tasks.start(db, alice.id, "jobs.exports.create", "Exporting posts..."), result=b"{}")
    asking = posts.publish(db, alice.id, "well?", longest=300, poll=NewPoll(("yes", "no"), timedelta(hours=1)))
    poll_id = db.scalars(select(Poll.id).where(Poll.post_id == asking)).one()
    polls.close(db, poll_id)
    polls.tell_end(db, poll_id)
    db.commit()
    return mention, asking


def unread(db, person):
    db.expire_all()
    return db.get(User, person.id).unread_notification_count


@pytest.mark.row("TK-20")
def test_each_kind_is_a_plain_word_with_what_it_is_about(program, told, bob):
    mention, asking = told
    items = program.get("/api/notifications").json["items"]
    assert [(each["kind"], each["post_id"], each["actor"] and each["actor"]["username"]) for each in items] == [
        ("poll", str(asking), "alice"),
        ("task", None, None),
        ("message", None, "bob"),
        ("mention", str(mention), "bob"),
        ("follow", None, "bob"),
    ]
    for each in items:
        assert each["_links"]["self"] == f"/microblog/api/notifications/{each['id']}"
        assert each["read_at"] is None
        assert program.get(each["_links"]["self"]).json == each
    assert program.get(items[3]["_links"]["post"]).json["body"] == "hello @alice"
    assert items[4]["_links"]["post"] is None


def test_one_line_is_marked_as_read_then_all(program, told, alice, db):
    first, *_, last = program.get("/api/notifications").json["items"]
    assert unread(db, alice) == 5
    for _ in range(2):
        answer = program.put(f"{last['_links']['self']}/read")
        assert (answer.status_code, answer.data) == (204, b"")
        assert unread(db, alice) == 4
    assert program.get(last["_links"]["self"]).json["read_at"].endswith("Z")
    assert program.get(first["_links"]["self"]).json["read_at"] is None
    assert program.put("/api/notifications/read").status_code == 204
    assert unread(db, alice) == 0


def test_the_lines_of_others_are_not_there(program, new_program, told, alice, bob, db):
    (line, *_) = program.get("/api/notifications").json["items"]
    other = new_program(bob)
    assert other.get(line["_links"]["self"]).status_code == 404
    assert other.put(f"{line['_links']['self']}/read").status_code == 404
    assert other.put("/api/notifications/read").status_code == 204
    assert unread(db, alice) == 5
    for notification_id in ("0", "abc", "4711", "9223372036854775807"):
        assert program.get(f"/api/notifications/{notification_id}").status_code == 404
        assert program.put(f"/api/notifications/{notification_id}/read").status_code == 404


def test_what_was_taken_back_is_told_no_more(program, told, bob, db):
    posts.withdraw(db, bob.id, told[0])
    db.commit()
    assert "mention" not in {each["kind"] for each in program.get("/api/notifications").json["items"]}
    assert notifications.signals(db, bob.id, 0.0) == []
