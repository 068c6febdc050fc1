"""A request that is sent again under its key is done once, however many send it at once, and answered as the first time."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import access_tokens, users
from microblog.faces.access_tokens import keys
from microblog.models import KeptAnswer, Message, Post, User

from .conftest import Program

KEY = {"Idempotency-Key": "4711"}


def count(db, table):
    return db.scalar(select(func.count()).select_from(table))


def test_the_second_time_is_answered_as_the_first_and_nothing_is_done_twice(program, db):
    first = program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    again = program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"] == first.json["_links"]["self"]
    assert again.mimetype == "application/json"
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(db, Post) == 1


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/posts", {"json": {"body": "good bye"}}),
        ("/api/posts", {"data": b'{"body":  "hello"}', "content_type": "application/json"}),
        ("/api/posts?draft=1", {"json": {"body": "hello"}}),
        ("/api/exports", {}),
    ],
)
def test_another_request_under_the_same_key_is_refused(program, db, path, sent):
    program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    answer = program.post(path, headers=KEY, **sent)
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["Idempotency-Key"])
    assert answer.json["message"] == "This Idempotency-Key belongs to another request."
    assert count(db, Post) == 1


def test_a_first_try_that_was_refused_leaves_the_key_free(program, db, bob):
    assert program.post("/api/posts", json={"body": ""}, headers=KEY).status_code == 422
    assert program.post("/api/polls/1/votes", json={"choices": [1]}, headers=KEY).status_code == 404
    assert count(db, KeptAnswer) == 0
    answer = program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers


def test_two_people_may_choose_the_same_key(program, new_program, bob, db):
    mine = program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    theirs = new_program(bob).post("/api/posts", json={"body": "hello"}, headers=KEY)
    assert mine.json["id"] != theirs.json["id"]
    assert theirs.json["author"]["username"] == "bob"
    assert count(db, Post) == 2


def test_a_stranger_joins_once(stranger, db):
    susan = {"username": "susan", "email": "susan@example.org", "password": "long enough"}
    first = stranger.post("/api/users", json=susan, headers=KEY)
    again = stranger.post("/api/users", json=susan, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Location"] == first.headers["Location"]
    assert stranger.post("/api/users", json=susan).status_code == 400
    assert stranger.post("/api/users", json=susan | {"password": "another guess"}, headers=KEY).status_code == 422
    assert count(db, User) == 1


def test_the_same_stranger_elsewhere_is_another_one(stranger, db):
    susan = {"username": "susan", "email": "susan@example.org", "password": "long enough"}
    stranger.post("/api/users", json=susan, headers=KEY)
    answer = stranger.post("/api/users", json=susan, headers=KEY, environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert answer.status_code == 400


@pytest.mark.parametrize("key", ["", "x" * 256, "한글", "a\tb", "é", "\x7f"])
def test_a_key_that_is_none_is_a_400(program, db, key):
    sent = key.encode("utf-8").decode("latin-1")
    answer = program.post("/api/posts", json={"body": "hello"}, headers={"Idempotency-Key": sent})
    assert (answer.status_code, list(answer.json["fields"])) == (400, ["Idempotency-Key"])
    assert "1 to 255 printable ASCII characters" in answer.json["message"]
    assert count(db, Post) == 0


@pytest.mark.parametrize("key", ["x" * 255, " ", '"a; b"', "%s", "'; DROP TABLE kept_answers; --"])
def test_any_other_key_is_one(program, db, key):
    for _ in range(2):
        assert program.post("/api/posts", json={"body": "hello"}, headers={"Idempotency-Key": key}).status_code == 201
    assert count(db, Post) == 1


def test_only_posting_knows_keys(program, alice, db):
    for path in ("/api/posts", "/api/users"):
        assert program.get(path, headers={"Idempotency-Key": "x" * 300}).status_code == 200
    assert program.patch(f"/api/users/{alice.id}", json={"about_me": "one"}, headers=KEY).json["about_me"] == "one"
    assert program.patch(f"/api/users/{alice.id}", json={"about_me": "two"}, headers=KEY).json["about_me"] == "two"
    assert count(db, KeptAnswer) == 0


def test_who_may_do_it_no_more_does_not_hear_what_was_said(program, stranger, db):
    program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    assert stranger.post("/api/posts", json={"body": "hello"}, headers=KEY).status_code == 401
    program.delete("/api/tokens/all")
    assert program.post("/api/posts", json={"body": "hello"}, headers=KEY).status_code == 401


def test_an_answer_is_kept_for_a_day(program, db):
    program.post("/api/posts", json={"body": "hello"}, headers=KEY)
    db.execute(update(KeptAnswer).values(created_at=func.now() - timedelta(hours=23)))
    db.commit()
    assert program.post("/api/posts", json={"body": "hello"}, headers=KEY).headers["Idempotent-Replayed"]
    db.execute(update(KeptAnswer).values(created_at=func.now() - timedelta(hours=25)))
    db.commit()
    assert "Idempotent-Replayed" not in program.post("/api/posts", json={"body": "good bye"}, headers=KEY).headers
    assert count(db, Post) == 2


@pytest.mark.parametrize("path", ["/api/messages", "/api/exports"])
def test_whatever_is_made_by_posting_is_made_once(program, bob, db, path):
    body = {"recipient_id": bob.id, "body": "한글😀"} if path == "/api/messages" else None
    first, again = (program.post(path, json=body, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, first.data) == (201, 201, again.data)
    assert count(db, Message) == (path == "/api/messages")


def test_of_sixteen_at_once_one_is_done_and_all_hear_the_same(committing, at_once):
    with committing.database.writing() as db:
        alice = users.register(db, username="alice", email="alice@example.org", password="long enough")
        token = access_tokens.ask(db, keys(committing.config), alice).token
        db.commit()
    sent = {"json": {"body": "hello"}, "headers": KEY | {"Authorization": f"Bearer {token}"}}
    answers = at_once(lambda _: Program(committing).post("/api/posts", **sent))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 15
    with committing.database.reading() as db:
        assert count(db, Post) == count(db, KeptAnswer) == 1
