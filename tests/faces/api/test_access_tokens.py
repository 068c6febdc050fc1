"""Tokens are made for a password, known again by their label, listed without what they say, and revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from microblog.core import access_tokens
from microblog.models import AccessToken, KeptAnswer
from tests.conftest import PASSWORD

ALICE = ("alice", PASSWORD)


def asked(client, auth=ALICE, **members):
    answer = client.post("/api/tokens", auth=auth, **({"json": members} if members else {}))
    assert answer.status_code == 200, answer.text
    return answer.json


def opens(client, token):
    return client.get("/api/users", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.row("MT-23.1", "MT-23.3")
def test_a_password_gives_a_token_for_an_hour(stranger, alice):
    given = asked(stranger)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", given["token"])
    left = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert given["expires_at"].endswith("Z")
    assert opens(stranger, given["token"])
    assert asked(stranger, ("Alice@Example.org", PASSWORD))["token"] == given["token"]


@pytest.mark.row("MT-23.3")
def test_asking_again_gives_the_same_as_long_as_it_has_more_than_a_minute_to_live(stranger, alice, db):
    first = asked(stranger)["token"]
    assert asked(stranger)["token"] == first
    db.execute(update(AccessToken).values(expires_at=func.now() + timedelta(seconds=61)))
    db.commit()
    assert asked(stranger)["token"] == first
    db.execute(update(AccessToken).values(expires_at=func.now() + timedelta(seconds=60)))
    db.commit()
    second = asked(stranger)["token"]
    assert second != first
    assert opens(stranger, second)
    assert not opens(stranger, first)


@pytest.mark.row("MT-D34")
def test_nothing_that_is_stored_is_the_token(stranger, alice, db):
    token = asked(stranger, label="laptop")["token"]
    for table in ("access_tokens", "kept_answers", "users", "credentials"):
        for row in db.execute(text(f"SELECT * FROM {table}")).mappings():
            assert all(token not in str(value) and token.encode() not in _raw(value) for value in row.values()), table


def _raw(value):
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


@pytest.mark.row("MT-D34")
def test_each_program_has_a_token_of_its_own_and_loses_it_alone(stranger, alice):
    laptop, phone = asked(stranger, label="laptop"), asked(stranger, label="한글😀")
    assert laptop["token"] != phone["token"] != asked(stranger)["token"]
    assert asked(stranger, label=" laptop ")["token"] == laptop["token"]
    bearer = {"Authorization": f"Bearer {phone['token']}"}
    answer = stranger.delete(laptop["_links"]["self"], headers=bearer)
    assert (answer.status_code, answer.data) == (204, b"")
    assert not opens(stranger, laptop["token"])
    assert opens(stranger, phone["token"])
    again = asked(stranger, label="laptop")["token"]
    assert again != laptop["token"]
    assert not opens(stranger, laptop["token"])


@pytest.mark.row("MT-23.5")
def test_a_token_that_revokes_itself_is_useless_at_once(program):
    answer = program.delete("/api/tokens")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers or not answer.data
    assert program.get("/api/users").status_code == 401
    assert program.delete("/api/tokens").status_code == 401


def test_the_list_says_all_but_the_token_and_which_one_is_asking(program, stranger, alice, db):
    asked(stranger, label="laptop")
    access_tokens.issue(db, alice.id, "miniter", timedelta(hours=24))
    db.execute(update(AccessToken).where(AccessToken.label == "").values(last_used_at=None))
    db.commit()
    answer = program.get("/api/tokens").json
    assert [(each["face"], each["label"], each["is_this"]) for each in answer["items"]] == [
        ("miniter", "", False),
        ("api", "laptop", False),
        ("api", "tests", True),
    ]
    assert answer["_meta"] == {"page": 1, "per_page": 3, "total_pages": 1, "total_items": 3}
    assert answer["_links"] == {"self": "/microblog/api/tokens", "next": None, "prev": None}
    assert set(answer["items"][0]) == {
        "id", "face", "label", "created_at", "expires_at", "last_used_at", "is_this", "_links",
    }  # fmt: skip
    for each in answer["items"]:
        assert each["_links"]["self"] == f"/microblog/api/tokens/{each['id']}"
        assert each["created_at"].endswith("Z")


def test_a_token_of_another_protocol_is_revoked_here_too(program, alice, db):
    issued = access_tokens.issue(db, alice.id, "miniter", timedelta(hours=24))
    db.commit()
    assert program.delete(f"/api/tokens/{issued.id}").status_code == 204
    assert access_tokens.holder_of_jwt(db, "miniter", issued.id) is None


def test_somebody_elses_token_is_not_there(program, new_program, bob, db):
    other = new_program(bob)
    (theirs,) = other.get("/api/tokens").json["items"]
    answer = program.delete(theirs["_links"]["self"])
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
    assert other.get("/api/users").status_code == 200
    for token_id in ("0", "abc", "-1", "9" * 19, "9" * 30):
        assert program.delete(f"/api/tokens/{token_id}").status_code == 404
    assert program.get("/api/users").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"json": {"label": "x" * 101}}, 422, "label"),
        ({"json": {"label": 1}}, 422, "label"),
        ({"json": {"name": "x"}}, 422, "name"),
        ({"json": [1]}, 400, None),
        ({"data": b"{", "content_type": "application/json"}, 400, None),
        ({"data": b"label=x", "content_type": "application/x-www-form-urlencoded"}, 415, None),
    ],
)
def test_a_label_that_does_not_fit_makes_no_token(stranger, alice, db, sent, status, field):
    answer = stranger.post("/api/tokens", auth=ALICE, **sent)
    assert answer.status_code == status
    assert list(answer.json.get("fields", {})) == ([field] if field else [])
    assert db.scalar(select(func.count()).select_from(AccessToken)) == 0


def test_who_you_are_is_settled_before_what_you_say(stranger, alice):
    assert stranger.post("/api/tokens", json={"label": 1}).status_code == 401
    assert stranger.post("/api/tokens", auth=("alice", "wrong"), data=b"\xff", content_type="text/plain").status_code == 401


def test_nobody_hoards_tokens(stranger, program, alice, db):
    for number in range(99):
        access_tokens.ask(db, [b"key"], alice.id, label=str(number))
    db.commit()
    answer = stranger.post("/api/tokens", auth=ALICE, json={"label": "one too many"})
    assert (answer.status_code, answer.json["error"]) == (409, "Conflict")
    assert "a hundred tokens" in answer.json["message"]
    assert len(program.get("/api/tokens").json["items"]) == 100


def test_no_token_is_kept_as_an_answer_and_asking_again_under_a_key_gives_the_same(stranger, alice, db):
    def ask(**members):
        return stranger.post("/api/tokens", auth=ALICE, json=members, headers={"Idempotency-Key": "once"})

    first = ask(label="laptop")
    assert ask(label="laptop").json["token"] == first.json["token"]
    assert ask(label="phone").status_code == 422
    assert [(row.status, bytes(row.body)) for row in db.scalars(select(KeptAnswer))] == [(None, b"")]
