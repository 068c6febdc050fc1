"""What only the bearer of a good token sees, and how the token lives on meanwhile."""

import time

import pytest
from sqlalchemy import text

from microblog.faces.tokenauth import secrets

from ..attacks import Seen, claims_of, key_of


def later(app, program, db, *, minutes: float, begun_hours_ago: float = 0.0) -> None:
    """Let so many minutes be left to the program's token."""
    claims = claims_of(program.token)
    program.token = Seen(program.token, key_of(app, "tokenauth"), b"").saying(exp=int(time.time() + minutes * 60))
    left, begun = "now() + :left * interval '1 minute'", "now() - :begun * interval '1 hour'"
    moved = text(f"UPDATE access_tokens SET expires_at = {left}, created_at = {begun} WHERE id = :id")
    db.execute(moved, {"left": minutes, "begun": begun_hours_ago, "id": int(claims["jti"])})
    db.commit()


@pytest.mark.row("TK-03", "TK-09")
@pytest.mark.parametrize("word", ["Bearer", "bearer", "JWT", "x"])
def test_a_fresh_token_is_given_back_as_it_is(as_alice, word):
    answer = as_alice.get("/secret", headers={"Authorization": f"{word} {as_alice.token}"})
    assert (answer.status, answer.headers["Content-Type"]) == ("200 OK", "application/json")
    assert answer.json == {"data": as_alice.token}


@pytest.mark.row("TK-09", "TK-D7")
def test_a_token_with_more_than_15_minutes_left_is_given_back_as_it_is(app, as_alice, db):
    later(app, as_alice, db, minutes=15.2)
    assert as_alice.get("/secret").json == {"data": as_alice.token}


@pytest.mark.row("TK-09", "TK-10")
def test_a_token_with_less_than_15_minutes_left_is_followed_by_one_with_a_full_life(app, as_alice, alice, db):
    later(app, as_alice, db, minutes=14.8)
    old, new = as_alice.token, as_alice.get("/secret").json["data"]
    assert new != old
    claims = claims_of(new)
    assert (claims["uid"], claims["jti"]) == (alice.id, claims_of(old)["jti"])
    assert abs(claims["exp"] - time.time() - 30 * 60) < 30
    as_alice.token = new
    assert as_alice.get("/secret").json == {"data": new}
    assert db.scalar(text("SELECT count(*) FROM access_tokens")) == 1


@pytest.mark.row("TK-09", "TK-06")
def test_a_token_that_is_over_is_never_followed_by_another(app, as_alice, db):
    later(app, as_alice, db, minutes=10)  # its row lives, it itself does not
    as_alice.token = Seen(as_alice.token, key_of(app, "tokenauth"), b"").saying(exp=int(time.time()) - 1)
    for _ in range(2):
        answer = as_alice.get("/secret")
        assert (answer.status_code, answer.json) == (401, {"error": "Token is expired"})


@pytest.mark.row("TK-D8")
def test_no_token_lives_on_for_more_than_a_day(app, as_alice, db):
    later(app, as_alice, db, minutes=10, begun_hours_ago=23.75)
    last = as_alice.get("/secret").json["data"]
    assert last != as_alice.token
    assert abs(claims_of(last)["exp"] - time.time() - 15 * 60) < 30
    as_alice.token = last
    later(app, as_alice, db, minutes=1, begun_hours_ago=23.99)
    assert as_alice.get("/secret").json == {"data": as_alice.token}


@pytest.mark.row("TK-D8")
def test_all_that_followed_one_token_ends_when_it_is_revoked(app, as_alice, db):
    later(app, as_alice, db, minutes=10)
    old, new = as_alice.token, as_alice.get("/secret").json["data"]
    db.execute(text("DELETE FROM access_tokens"))
    db.commit()
    for token in (old, new):
        as_alice.token = token
        answer = as_alice.get("/secret")
        assert (answer.status_code, answer.json) == (401, {"error": "Token is invalid"})


@pytest.mark.row("TK-10", "TK-D6")
def test_the_handler_keeps_its_name_and_gets_the_next_token_first(app):
    assert secrets.show.__name__ == "show"
    assert secrets.show.__module__.endswith("tokenauth.secrets")
    assert "tokenauth.secrets.show" in {route.endpoint for route in app.urls.routes}
    assert secrets.show.__wrapped__("the next token", None).json == {"data": "the next token"}


def test_head_is_answered_as_get_is(as_alice):
    answer = as_alice.head("/secret")
    assert (answer.status_code, answer.data) == (200, b"")
