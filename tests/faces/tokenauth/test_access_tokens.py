"""Tokens for whoever shows a password."""

import hmac
import time

import pytest
from sqlalchemy import text

from ..attacks import claims_of, encoded, key_of, signed

BASIC = "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ=="  # alice:correct horse


def ask(program, **members: object):
    return program.post("/auth", json=members)


def tokens(db) -> int:
    return db.scalar(text("SELECT count(*) FROM access_tokens"))


@pytest.mark.row("TK-01", "TK-02")
@pytest.mark.parametrize(
    "shown",
    [
        {"headers": {"Authorization": BASIC}},
        {"json": {"username": "Alice", "password": "correct horse"}},
        {"json": {"username": "alice@example.org", "password": "correct horse"}},
        {"json": {"email": "alice@example.org", "password": "correct horse"}},
        {"json": {"login": "alice", "password": "correct horse"}},
    ],
    ids=["basic", "username", "address-as-username", "email", "login"],
)
def test_who_shows_a_password_gets_a_token_for_half_an_hour(program, alice, shown):
    answer = program.post("/auth", **shown)
    assert (answer.status, answer.headers["Content-Type"]) == ("200 OK", "application/json")
    assert answer.json.keys() == {"token"}
    claims = claims_of(answer.json["token"])
    assert claims.keys() == {"uid", "exp", "jti"}
    assert (claims["uid"], type(claims["uid"]), type(claims["exp"])) == (alice.id, int, int)
    assert abs(claims["exp"] - time.time() - 30 * 60) < 30


@pytest.mark.row("TK-02")
def test_the_token_is_signed_with_hs256_and_the_key_of_this_face(app, as_alice):
    said, _, signature = as_alice.token.rpartition(".")
    assert signature == encoded(hmac.digest(key_of(app, "tokenauth"), said.encode(), "sha256"))


@pytest.mark.row("TK-D1")
@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"json": {}},
        {"json": {"uid": 12}},
        {"json": {"username": "alice", "password": "wrong"}},
        {"json": {"username": "nobody", "password": "correct horse"}},
        {"json": {"username": "", "password": ""}},
        {"headers": {"Authorization": "Basic YWxpY2U6d3Jvbmc="}},  # alice:wrong
        {"headers": {"Authorization": "Basic Og=="}},  # nothing on both sides
        {"headers": {"Authorization": "Basic YWxpY2UA/w=="}},  # bytes that are no text
        {"headers": {"Authorization": "Basic AGFsaWNlOng="}},  # a control character
        {"headers": {"Authorization": "Basic"}},
        {"headers": {"Authorization": "Basic %%%"}},
        {"headers": {"Authorization": "Bearer x"}},
    ],
)
def test_without_a_name_and_its_password_there_is_no_token(program, alice, db, shown):
    answer = program.post("/auth", **shown)
    assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Authentication Required"'
    assert tokens(db) == 0


def test_somebody_suspended_gets_no_token(program, alice, db):
    db.execute(text("UPDATE users SET suspended_at = now()"))
    db.commit()
    assert ask(program, username="alice", password="correct horse").status_code == 401
    assert tokens(db) == 0


# Tests of both kinds: what is told is looked for in the table, and what stands in the table is asked for.


@pytest.mark.row("TK-18")
def test_a_token_that_is_given_stands_in_the_table(program, alice, db):
    program.log_in(alice)
    (row,) = db.execute(text("SELECT id, user_id, face, digest FROM access_tokens")).all()
    assert (str(row.id), row.user_id, row.face, row.digest) == (claims_of(program.token)["jti"], alice.id, "tokenauth", None)
    db.execute(text("DELETE FROM access_tokens WHERE id = :id"), {"id": row.id})
    db.commit()
    assert program.get("/secret").status_code == 401


@pytest.mark.row("TK-18")
def test_a_row_that_stands_in_the_table_lets_its_token_in(app, program, alice, db):
    raw = "INSERT INTO access_tokens (user_id, face, expires_at) VALUES (:id, 'tokenauth', now() + interval '1h') RETURNING id"
    row = db.scalar(text(raw), {"id": alice.id})
    db.commit()
    claims = {"uid": alice.id, "exp": int(time.time()) + 3_000, "jti": str(row)}
    program.token, program.uid = signed(claims, key_of(app, "tokenauth")), alice.id
    assert program.get("/secret").json == {"data": program.token}
    db.execute(text("DELETE FROM access_tokens"))
    db.commit()
    assert program.get("/secret").json == {"error": "Token is invalid"}
