"""Conversations are read without being marked, and marked as read on request."""

import pytest

from microblog.core import messages


@pytest.fixture
def written(db, alice, bob, charlie):
    """What has been written: by Bob twice, by Alice to Charlie, by Charlie back."""
    ids = [messages.send(db, bob.id, "alice", body, longest=300) for body in ("one", "한글😀")]
    ids.append(messages.send(db, alice.id, "charlie", "three", longest=300))
    ids.append(messages.send(db, charlie.id, "alice", "four", longest=300))
    db.commit()
    return ids


def unread(program):
    return {each["user"]["username"]: each["unread_count"] for each in program.get("/api/conversations").json["items"]}


def test_conversations_stand_with_their_newest_message_first(program, written, charlie):
    items = program.get("/api/conversations").json["items"]
    assert [each["user"]["username"] for each in items] == ["charlie", "bob"]
    assert items[0]["last_message"]["body"] == "four"
    assert items[1]["last_message"]["id"] == str(written[1])
    assert items[0]["last_message"]["sender_id"] == charlie.id
    assert items[0]["_links"] == {"self": f"/microblog/api/conversations/{charlie.id}"}


def test_both_sides_of_a_conversation_are_in_it_and_looking_leaves_it_unread(program, written, charlie):
    answer = program.get(f"/api/conversations/{charlie.id}").json
    assert [(each["sender"]["username"], each["body"]) for each in answer["items"]] == [("charlie", "four"), ("alice", "three")]
    assert {each["_links"]["conversation"] for each in answer["items"]} == {f"/microblog/api/conversations/{charlie.id}"}
    assert unread(program) == {"charlie": 1, "bob": 2}


def test_one_conversation_is_marked_as_read_and_no_other(program, new_program, written, alice, bob):
    for _ in range(2):
        answer = program.put(f"/api/conversations/{bob.id}/read")
        assert (answer.status_code, answer.data) == (204, b"")
        assert unread(program) == {"charlie": 1, "bob": 0}
    assert unread(new_program(bob)) == {"alice": 0}


def test_with_somebody_else_one_has_nothing_and_with_nobody_and_oneself_no_conversation(
    new_program, written, alice, bob, charlie
):
    third = new_program(charlie)
    assert third.get(f"/api/conversations/{bob.id}").json["items"] == []
    assert third.put(f"/api/conversations/{bob.id}/read").status_code == 204
    for path, method in (("", "GET"), ("/read", "PUT")):
        assert third.open(f"/api/conversations/{charlie.id}{path}", method=method).status_code == 409
        for nobody in (999_999, 2**62):
            assert third.open(f"/api/conversations/{nobody}{path}", method=method).status_code == 404
