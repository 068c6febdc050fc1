"""Messages are for two, arrive once, and are nobody else's."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import messages
from microblog.models import Message, User


def count(db):
    return db.scalar(select(func.count()).select_from(Message))


@pytest.mark.row("XC-09")
def test_a_message_arrives_and_both_can_read_it(program, new_program, alice, bob, charlie, db):
    answer = program.post("/api/messages", json={"recipient_id": bob.id, "body": "한글😀\nsecond line"})
    assert answer.status_code == 201
    made = answer.json
    assert answer.headers["Location"] == made["_links"]["self"] == f"/microblog/api/messages/{made['id']}"
    assert (made["body"], made["sender"]["username"], made["recipient_id"]) == ("한글😀\nsecond line", "alice", bob.id)
    assert made["_links"]["conversation"] == f"/microblog/api/conversations/{bob.id}"
    assert program.get(made["_links"]["self"]).json == made
    theirs = new_program(bob)
    assert theirs.get(made["_links"]["self"]).json["_links"]["conversation"] == f"/microblog/api/conversations/{alice.id}"
    assert [each["id"] for each in theirs.get("/api/messages").json["items"]] == [made["id"]]
    assert program.get("/api/messages").json["items"] == []
    assert new_program(charlie).get(made["_links"]["self"]).status_code == 404
    assert messages.one(db, bob.id, int(made["id"])).body == "한글😀\nsecond line"


def test_a_message_of_somebody_suspended_is_not_there(program, bob, alice, db):
    message_id = messages.send(db, bob.id, "alice", "hello", longest=300)
    db.execute(update(User).where(User.id == bob.id).values(suspended_at=func.now()))
    db.commit()
    assert program.get(f"/api/messages/{message_id}").status_code == 404
    assert program.get("/api/messages").json["items"] == []
    for path in ("", "/read"):
        assert program.open(f"/api/conversations/{bob.id}{path}", method="PUT" if path else "GET").status_code == 404


@pytest.mark.parametrize("message_id", ["0", "abc", "4711", "9223372036854775807"])
def test_a_message_that_is_not_there_is_a_404(program, message_id):
    assert program.get(f"/api/messages/{message_id}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"recipient_id": 2**31 - 1, "body": "x"}, 404, None),
        ({"recipient_id": 2**31, "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": 0, "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": -1, "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": "1", "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": 1.5, "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": True, "body": "x"}, 422, "recipient_id"),
        ({"recipient_id": None, "body": "x"}, 422, "recipient_id"),
        ({"body": "x"}, 422, "recipient_id"),
        ({"recipient": "bob", "recipient_id": 1, "body": "x"}, 422, "recipient"),
        ({"recipient_id": "bob.id", "body": ""}, 422, "body"),
        ({"recipient_id": "bob.id", "body": " \n"}, 422, "body"),
        ({"recipient_id": "bob.id", "body": "x" * 301}, 422, "body"),
        ({"recipient_id": "bob.id"}, 422, "body"),
        ([], 400, None),
    ],
)
def test_a_message_that_does_not_fit_is_not_sent(program, bob, db, sent, status, field):
    if isinstance(sent, dict) and sent.get("recipient_id") == "bob.id":
        sent = sent | {"recipient_id": bob.id}
    answer = program.post("/api/messages", json=sent)
    assert answer.status_code == status, answer.text
    assert list(answer.json.get("fields", {})) == ([field] if field else [])
    assert count(db) == 0


@pytest.mark.row("MT-D38")
def test_nobody_writes_to_themselves_or_to_somebody_suspended(program, alice, new_person, db):
    gone = new_person("gone", suspended_at=func.now())
    answer = program.post("/api/messages", json={"recipient_id": alice.id, "body": "x"})
    assert (answer.status_code, answer.json["message"]) == (409, "You cannot send a message to yourself.")
    answer = program.post("/api/messages", json={"recipient_id": gone.id, "body": "x"})
    assert (answer.status_code, answer.json["message"]) == (404, "There is nobody with this id.")
    assert count(db) == 0
