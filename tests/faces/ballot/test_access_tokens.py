"""Logging in by the ballot, and asking whether a token is good."""

import time

import pytest
from sqlalchemy import text

from ..attacks import EXPIRED, FORGED, UNFIT, Seen, claims_of, key_of

MISMATCH = (404, "이메일 혹은 비밀번호가 일치하지 않습니다")
MISSHAPEN = (400, "올바른 요청 형식이 아닙니다")
NO_TOKEN = (400, "token 쿼리가 존재하지 않습니다")
GOOD = (200, "유효한 토큰입니다")
BAD = (401, "유효하지 않은 토큰입니다")


def said(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.status_code, answer.text


def log_in(program, **members: object):
    return program.post("/auth/login", json=members)


@pytest.mark.row("VT-02", "VT-10", "VT-D3")
def test_who_logs_in_gets_a_bare_token_for_a_day(program, alice):
    answer = log_in(program, email="Alice@Example.org", password="correct horse")
    status, token = said(answer)
    assert (status, token.count("."), token.strip()) == (200, 2, token)
    claims = claims_of(token)
    assert claims.keys() == {"email", "exp", "jti"}
    assert claims["email"] == "alice@example.org"
    assert isinstance(claims["exp"], int)
    assert abs(claims["exp"] - time.time() - 24 * 60 * 60) < 30


@pytest.mark.row("VT-02", "VT-D13", "VT-D1")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@example.org", "wrong"),
        ("nobody@example.org", "correct horse"),
        ("bob@example.org", "correct horse"),  # it is a password, and not Bob's
        ("alice", "correct horse"),  # it is a username, and not an address
        ("@", "correct horse"),
        ("alice@example.org", "CORRECT HORSE"),
    ],
)
def test_an_address_and_a_password_that_are_no_pair_are_refused_alike(program, alice, db, email, password):
    program.sign_up(email="bob@example.org", password="bob's own")
    assert said(log_in(program, email=email, password=password)) == MISMATCH
    assert db.scalar(text("SELECT count(*) FROM access_tokens")) == 0


@pytest.mark.row("VT-02", "VT-D9")
@pytest.mark.parametrize(
    "body",
    ["", "[]", '"s"', "null", "{", "{}", '{"email": "a@b"}', '{"email": 1, "password": "p"}', '{"email": "", "password": ""}'],
)
def test_a_login_of_another_shape_is_refused(program, body):
    assert said(program.post("/auth/login", data=body)) == MISSHAPEN


@pytest.mark.row("VT-02")
def test_a_login_with_more_than_it_needs_is_refused(program, alice):
    assert said(log_in(program, email=alice.email, password="correct horse", name="x")) == MISSHAPEN


def test_somebody_suspended_cannot_log_in(program, alice, db):
    db.execute(text("UPDATE users SET suspended_at = now()"))
    db.commit()
    assert said(log_in(program, email=alice.email, password="correct horse")) == MISMATCH


@pytest.mark.row("VT-03")
def test_a_good_token_is_called_good(as_alice):
    token, as_alice.token = as_alice.token, None
    assert said(as_alice.get(f"/auth/token?token={token}")) == GOOD


@pytest.mark.row("VT-03")
@pytest.mark.parametrize("query", ["", "?token=", "?other=x", "?token"])
def test_where_there_is_no_token_there_is_none_to_judge(program, query):
    assert said(program.get(f"/auth/token{query}")) == NO_TOKEN


@pytest.mark.row("VT-D12")
@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_token_may_come_in_the_header_which_is_preferred(as_alice, scheme):
    token, as_alice.token = as_alice.token, None
    header = {"Authorization": scheme + token}
    assert said(as_alice.get("/auth/token", headers=header)) == GOOD
    assert said(as_alice.get("/auth/token?token=x", headers=header)) == GOOD
    assert said(as_alice.get(f"/auth/token?token={token}", headers={"Authorization": scheme + "x"})) == BAD


@pytest.mark.row("VT-03", "VT-D3", "VT-D11")
@pytest.mark.parametrize("attack", [*FORGED, *UNFIT, *EXPIRED])
def test_any_other_token_is_called_bad(app, as_alice, attack):
    seen = Seen(as_alice.token, key_of(app, "ballot"), key_of(app, "miniter"))
    token, as_alice.token = (FORGED | UNFIT | EXPIRED)[attack](seen), None
    assert said(as_alice.get("/auth/token", query_string={"token": token})) == BAD


def test_bytes_that_are_no_text_are_refused(program):
    assert said(program.get("/auth/token?token=%FF")) == MISSHAPEN


@pytest.mark.row("VT-03")
def test_a_token_is_bad_once_it_is_revoked(as_alice, db):
    assert said(as_alice.get("/auth/token")) == GOOD
    db.execute(text("DELETE FROM access_tokens"))
    db.commit()
    assert said(as_alice.get("/auth/token")) == BAD
