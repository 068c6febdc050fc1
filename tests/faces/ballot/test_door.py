"""Who comes in by the ballot, and how often."""

import pytest
from sqlalchemy import text

from microblog.faces.ballot.door import LIMITS

from ..attacks import EXPIRED, FORGED, UNFIT, Seen, key_of
from .conftest import NO_VOTES

BAD_TOKEN = "유효하지 않은 토큰입니다"


@pytest.mark.row("VT-07", "VT-D3", "VT-D11")
@pytest.mark.parametrize("attack", [*FORGED, *UNFIT, *EXPIRED])
def test_a_token_that_was_tampered_with_lets_nobody_vote(app, as_alice, attack):
    seen = Seen(as_alice.token, key_of(app, "ballot"), key_of(app, "tokenauth"))
    as_alice.token = "Bearer " + (FORGED | UNFIT | EXPIRED)[attack](seen)
    answer = as_alice.post("/vote?id=3")
    assert (answer.status_code, answer.text) == (401, BAD_TOKEN)
    assert as_alice.counts() == NO_VOTES


@pytest.mark.parametrize("email", [None, 5, ["alice@example.org"], {}])
def test_an_address_that_is_no_text_lets_nobody_vote(app, as_alice, email):
    as_alice.token = Seen(as_alice.token, key_of(app, "ballot"), b"").saying(email=email)
    assert as_alice.post("/vote?id=3").status_code == 401
    as_alice.token = Seen(as_alice.token, key_of(app, "ballot"), b"").without("email")
    assert as_alice.post("/vote?id=3").status_code == 401


def test_the_row_of_the_token_says_who_votes_and_not_the_address_in_it(app, as_alice, alice, bob, db):
    as_alice.token = Seen(as_alice.token, key_of(app, "ballot"), b"").saying(email=bob.email)
    assert as_alice.post("/vote?id=3").status_code == 200
    assert db.scalars(text("SELECT user_id FROM votes")).all() == [alice.id]


def test_a_token_with_the_row_of_another_face_lets_nobody_vote(app, as_alice, alice, db):
    theirs = app.jwts["miniter"].create(db, alice.id, user_id=alice.id)
    db.commit()
    row = Seen(theirs, b"", b"").claims["jti"]
    as_alice.token = Seen(as_alice.token, key_of(app, "ballot"), b"").saying(jti=row)
    assert as_alice.post("/vote?id=3").status_code == 401


@pytest.mark.parametrize(
    "happening",
    [
        "DELETE FROM access_tokens",
        "UPDATE access_tokens SET expires_at = now()",
        "UPDATE users SET suspended_at = now()",
        "DELETE FROM users",
    ],
)
def test_a_token_that_is_revoked_or_over_or_whose_person_is_gone_lets_nobody_vote(as_alice, db, happening):
    db.execute(text(happening))
    db.commit()
    answer = as_alice.post("/vote?id=3")
    assert (answer.status_code, answer.text) == (401, BAD_TOKEN)
    assert as_alice.counts() == NO_VOTES


def test_a_new_password_ends_the_tokens_of_the_old_one(as_alice, alice, db):
    from microblog.core import credentials

    credentials.set_password(db, alice.id, "another horse")
    db.commit()
    assert as_alice.post("/vote?id=3").status_code == 401


def test_a_session_of_the_web_is_worth_nothing_here(app, browser, alice):
    browser.log_in(alice)
    assert browser.post("/ballot/vote?id=3").status_code == 401


def test_every_limit_a_route_names_is_defined(app):
    assert {route.limit for route in app.urls.routes if route.face.name == "ballot"} <= LIMITS.keys()


@pytest.mark.parametrize(("path", "times"), [("/auth/login", 20), ("/auth/signup", 20)], ids=["logging-in", "signing-up"])
def test_whoever_comes_too_often_waits(program, having, path, times):
    having(rate_limits=True)
    assert [program.post(path, json={}).status_code for _ in range(times + 1)] == [400] * times + [429]
    answer = program.post(path, json={})
    assert answer.text == "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요"
    assert int(answer.headers["Retry-After"]) >= 1


def test_whoever_votes_too_often_waits_too(as_alice, having):
    having(rate_limits=True)
    assert {as_alice.post("/vote").status_code for _ in range(60)} == {400}
    assert as_alice.post("/vote").status_code == 429
    assert as_alice.get("/candidates").status_code == 200


def test_whoever_guesses_passwords_is_counted_by_address_whatever_token_they_hold(as_alice, new_program, having):
    having(rate_limits=True)
    stranger = new_program()
    for _ in range(10):
        as_alice.post("/auth/login", json={})
        stranger.post("/auth/login", json={})
    assert stranger.post("/auth/login", json={}).status_code == 429
