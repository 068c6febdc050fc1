"""Who comes in by the token handler: the two headers, and what is wrong with a token."""

import pytest
from sqlalchemy import text

from microblog.faces.tokenauth.door import LIMITS, authenticated

from ..attacks import EXPIRED, FORGED, UNFIT, Seen, key_of

BAD_REQUEST = (400, {"error": "Bad Request"})
INVALID_TOKEN = (498, {"error": "Invalid Token"})
EXPIRED_TOKEN = (401, {"error": "Token is expired"})
UNFIT_TOKEN = (401, {"error": "Token is invalid"})
NOT_PERMITTED = (400, {"error": "User not permission"})


def said(answer) -> tuple[int, object]:
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json


def seen_by(app, program) -> Seen:
    return Seen(program.token, key_of(app, "tokenauth"), key_of(app, "ballot"))


@pytest.mark.row("TK-04", "TK-14")
def test_both_headers_are_needed(as_alice):
    token, as_alice.token = as_alice.token, None
    assert said(as_alice.get("/secret")) == BAD_REQUEST
    as_alice.token, as_alice.uid = token, None
    assert said(as_alice.get("/secret")) == BAD_REQUEST
    as_alice.token = None
    assert said(as_alice.get("/secret")) == BAD_REQUEST


@pytest.mark.row("TK-D4")
@pytest.mark.parametrize("authorization", ["", "x", "Bearer", "Bearer ", "Bearer  ", "a b c", "\xff\xfe"])
def test_a_header_that_is_not_two_words_is_a_bad_request(as_alice, authorization):
    assert said(as_alice.get("/secret", headers={"Authorization": authorization})) == BAD_REQUEST


@pytest.mark.row("TK-D4")
def test_a_bare_token_is_a_bad_request(as_alice):
    assert said(as_alice.get("/secret", headers={"Authorization": as_alice.token})) == BAD_REQUEST


@pytest.mark.row("TK-D4")
@pytest.mark.parametrize("uid", ["", "x", "1.0", "1e3", "0x1", "１", "²", "1 2", "9" * 40, "None"])
def test_a_uid_that_is_no_number_is_a_bad_request(as_alice, uid):
    assert said(as_alice.get("/secret", headers={"uid": uid.encode().decode("latin-1")})) == BAD_REQUEST


@pytest.mark.row("TK-08")
def test_a_token_of_somebody_else_permits_nothing(as_alice, alice, bob):
    for uid in (bob.id, alice.id + 1_000, 0, -alice.id):
        assert said(as_alice.get("/secret", headers={"uid": str(uid)})) == NOT_PERMITTED
    assert said(as_alice.get("/secret", headers={"uid": f"0{alice.id}"})) == (200, {"data": as_alice.token})


@pytest.mark.row("TK-05", "TK-D4", "TK-D5")
@pytest.mark.parametrize("attack", FORGED)
def test_a_token_that_was_tampered_with_is_invalid(app, as_alice, attack):
    as_alice.token = FORGED[attack](seen_by(app, as_alice))
    answer = as_alice.get("/secret")
    assert said(answer) == INVALID_TOKEN
    assert answer.status == "498 Invalid Token"


@pytest.mark.row("TK-07")
@pytest.mark.parametrize("attack", UNFIT)
def test_a_token_that_says_what_none_of_ours_says_is_invalid(app, as_alice, attack):
    as_alice.token = UNFIT[attack](seen_by(app, as_alice))
    answer = as_alice.get("/secret")
    assert said(answer) == UNFIT_TOKEN
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.row("TK-07")
def test_a_token_without_a_uid_is_invalid(app, as_alice):
    as_alice.token = seen_by(app, as_alice).without("uid")
    assert said(as_alice.get("/secret")) == UNFIT_TOKEN


@pytest.mark.row("TK-06")
@pytest.mark.parametrize("attack", EXPIRED)
def test_a_token_that_is_over_is_expired(app, as_alice, attack):
    as_alice.token = EXPIRED[attack](seen_by(app, as_alice))
    assert said(as_alice.get("/secret")) == EXPIRED_TOKEN


@pytest.mark.row("TK-D8")
@pytest.mark.parametrize(
    "happening",
    [
        "DELETE FROM access_tokens",
        "UPDATE access_tokens SET expires_at = now()",
        "UPDATE access_tokens SET face = 'miniter'",
        "UPDATE users SET suspended_at = now()",
        "DELETE FROM users",
    ],
)
def test_a_token_that_is_revoked_or_whose_person_is_gone_is_invalid(as_alice, db, happening):
    db.execute(text(happening))
    db.commit()
    assert said(as_alice.get("/secret")) == UNFIT_TOKEN


def test_a_session_of_the_web_is_worth_nothing_here(browser, alice):
    browser.log_in(alice)
    assert said(browser.get("/tokenauth/secret", headers={"uid": str(alice.id)})) == BAD_REQUEST


def test_only_the_way_to_a_token_is_open_to_strangers(app):
    own = [route for route in app.urls.routes if route.face.name == "tokenauth"]
    assert {route.rule for route in own if route.is_public} == {"/tokenauth/auth"}
    assert {route.limit for route in own} <= LIMITS.keys()


@pytest.mark.row("TK-10")
def test_a_handler_that_is_authenticated_keeps_its_name_and_its_words():
    def show(next_token, request):
        """What it is."""

    assert (authenticated(show).__name__, authenticated(show).__doc__) == ("show", "What it is.")


def test_whoever_guesses_passwords_waits(program, alice, having):
    having(rate_limits=True)
    wrong = {"username": "alice", "password": "wrong"}
    assert [program.post("/auth", json=wrong).status_code for _ in range(20)] == [401] * 20
    answer = program.post("/auth", json={"username": "alice", "password": "correct horse"})
    assert said(answer) == (429, {"error": "Too Many Requests"})
    assert int(answer.headers["Retry-After"]) >= 1


def test_reading_costs_one_query_while_nothing_is_due(as_alice, counted):
    as_alice.get("/secret")
    with counted() as statements:
        assert as_alice.get("/secret").status_code == 200
    assert len(statements) == 1
