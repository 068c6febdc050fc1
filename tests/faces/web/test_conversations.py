"""Conversations: the list of them, and one with both sides."""

import re

import pytest

from microblog.core import messages
from microblog.models import User


def write(db, sender, recipient, body="hello"):
    messages.send(db, sender.id, recipient.username, body, longest=300)
    db.commit()


def unread(db, person):
    db.expire_all()
    return db.get(User, person.id).unread_message_count


def test_the_list_tells_what_was_said_last_and_what_was_not_read(as_alice, alice, bob, charlie, db):
    assert "Nobody has written to you yet." in as_alice.get("/conversations").text
    write(db, bob, alice, "from bob")
    write(db, bob, alice, "again bob")
    write(db, charlie, alice, "from charlie")
    write(db, alice, charlie, "to charlie")
    page = as_alice.get("/conversations").text
    assert page.index("to charlie") < page.index("again bob")
    assert "from" not in re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL)
    assert re.findall(r"Unread: </span>(\d+)", page) == ["1", "2"]
    assert 'href="/microblog/messages/bob#reply"' in page
    assert unread(db, alice) == 3


def test_opening_one_reads_it_and_leaves_the_others(as_alice, alice, bob, charlie, db):
    for sender in (bob, bob, charlie):
        write(db, sender, alice)
    page = as_alice.get("/messages/bob").text
    assert page.count(">New<") == 2
    assert 'id="message_count">1<' in page
    assert unread(db, alice) == 1
    assert ">New<" not in as_alice.get("/messages/bob").text
    assert re.findall(r"Unread: </span>(\d+)", as_alice.get("/conversations").text) == ["1"]


def test_both_sides_stand_in_one_place_the_newest_at_the_end(as_alice, alice, bob, charlie, having, db):
    having(posts_per_page=3)
    for sender, recipient, body in ((alice, bob, "one"), (bob, alice, "two"), (charlie, alice, "other"), (alice, bob, "three")):
        write(db, sender, recipient, f"say {body}")
    write(db, bob, alice, "say four")
    page = as_alice.get("/messages/bob").text
    assert re.findall(r"say (\w+)", page) == ["two", "three", "four"]
    assert re.findall(r'class="said (\w+)"', page) == ["theirs", "mine", "theirs"]
    older = re.search(r'href="(/microblog/messages/bob\?[^"]+)"', page)[1]
    page = as_alice.get(older).text
    assert re.findall(r"say (\w+)", page) == ["one"]
    assert "Newer messages" in page


def test_one_answers_in_place(as_alice, alice, bob, db):
    write(db, bob, alice, "how are you?")
    answer = as_alice.send("/messages/bob", message="well")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/messages/bob#reply")
    page = as_alice.get("/messages/bob").text
    assert page.index("how are you?") < page.index("well</div>") < page.index('id="reply"')
    assert unread(db, bob) == 1


@pytest.mark.row("MT-21.4")
def test_a_third_sees_nothing_of_it(as_alice, alice, bob, charlie, new_browser, db):
    write(db, bob, alice, "a secret")
    other = new_browser()
    other.log_in(charlie)
    for path in ("/messages/alice", "/messages/bob", "/conversations"):
        assert "a secret" not in other.get(path).text
