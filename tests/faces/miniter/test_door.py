"""Who comes in by miniter, and who does not."""

import base64
import json
import time
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import delete, func, select, update

from microblog.core import moderation
from microblog.faces.miniter.door import LIMITS
from microblog.faces.web.door import LIMITS as LIMITS_OF_THE_WEB
from microblog.framework import jwts
from microblog.framework.signing import derived
from microblog.models import AccessToken, User


def refused(answer) -> bool:
    """Whether the answer is the one and only refusal for whom nobody knows."""
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return (answer.status_code, answer.data, answer.headers["Content-Length"]) == (401, b"", "0")


@pytest.mark.row("MN-07")
def test_a_token_lets_its_person_in_as_it_is_or_after_the_word_bearer(as_alice, alice, said):
    bare = as_alice.token
    for header in (bare, f"Bearer {bare}", f"bearer  {bare}"):
        as_alice.token = header
        assert as_alice.send("/tweet", tweet=header[:7]).status_code == 200
    assert [author for author, _ in said()] == [alice.id] * 3


@pytest.mark.row("MN-07", "MN-21", "MN-D11")
def test_every_closed_path_refuses_strangers_before_it_looks_at_what_they_say(app, stranger):
    closed = [route for route in app.urls.routes if route.face.name == "miniter" and not route.is_public]
    assert {route.rule for route in closed} == {"/miniter/tweet", "/miniter/follow", "/miniter/unfollow", "/miniter/timeline"}
    for route in closed:
        for body in ({"json": {"id": 1, "follow": 2, "tweet": "x"}}, {"data": b"\xff{", "content_type": "text/csv"}, {}):
            assert refused(stranger.open(route.rule.removeprefix("/miniter"), method=route.verb, **body)), route


@pytest.mark.row("MN-07", "MN-D14")
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_that_was_tampered_with_lets_nobody_in(as_alice, said, key, settings):
    good = as_alice.token
    head, claims, signature = good.split(".")
    payload = jwts.read(good, [key], now=0)

    def algorithm(name: str) -> str:
        return base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode()).decode().rstrip("=")

    hostile = {
        "none": jwt.encode(payload, None, algorithm="none"),
        "None": f"{algorithm('None')}.{claims}.",
        "HS384": jwt.encode(payload, key, algorithm="HS384"),
        "HS512": jwt.encode(payload, key, algorithm="HS512"),
        "a part of the algorithm's name": f"{algorithm('HS')}.{claims}.{signature}",
        "empty algorithm": f"{algorithm('')}.{claims}.{signature}",
        "another key": jwt.encode(payload, "x" * 32, algorithm="HS256"),
        "another face's key": jwt.encode(payload, derived(settings.secret_keys[0], "jwt ballot"), algorithm="HS256"),
        "the bare secret": jwt.encode(payload, settings.secret_keys[0], algorithm="HS256"),
        "truncated": good[:-5],
        "without signature": f"{head}.{claims}.",
        "without end": f"{head}.{claims}",
        "another's claims": f"{head}.{base64.urlsafe_b64encode(json.dumps(payload | {'user_id': 1}).encode()).decode()}.{signature}",
        "an array": jwt.PyJWS().encode(b"[1]", key, algorithm="HS256"),
        "no JSON": jwt.PyJWS().encode(b"\xff{", key, algorithm="HS256"),
        "junk": "junk",
        "dots": "..",
        "long": "x." * 4_000,
        "Korean": "토큰.토큰.토큰".encode().decode("latin-1"),
        "two": f"{good} {good}",
        "only the word": "Bearer",
        "Basic": "Basic " + base64.b64encode(b"alice:correct horse").decode(),
        "empty": " ",
    }
    for name, token in hostile.items():
        as_alice.token = token
        assert refused(as_alice.send("/tweet", tweet="in")), name
    assert said() == []
    as_alice.token = good
    assert as_alice.send("/tweet", tweet="in").status_code == 200


@pytest.mark.row("MN-07", "MN-06", "MN-D12")
def test_claims_must_be_there_and_be_what_they_should_be(as_alice, alice, bob, said, changed):
    good, now = as_alice.token, int(time.time())
    for claims in (
        {"exp": now - 1},
        {"exp": None},
        {"exp": now + 1000.5},
        {"exp": str(now + 1000)},
        {"exp": True},
        {"user_id": None},
        {"user_id": str(alice.id)},
        {"user_id": float(alice.id)},
        {"user_id": True},
        {"user_id": [alice.id]},
        {"user_id": bob.id},
        {"user_id": 2**70},
        {"jti": None},
        {"jti": "0"},
        {"jti": "1"},
        {"jti": 1},
        {"jti": "nonsense"},
        {"jti": "9" * 30},
    ):
        as_alice.token = changed(good, **claims)
        assert refused(as_alice.send("/tweet", tweet="in")), claims
    assert said() == []
    as_alice.token = changed(good, exp=now + 1000)
    assert as_alice.send("/tweet", tweet="in").status_code == 200


@pytest.mark.row("MN-10", "MN-D12")
def test_the_token_of_somebody_who_is_gone_writes_nothing(as_alice, alice, said, db):
    db.execute(delete(User).where(User.id == alice.id))
    db.commit()
    for path in ("/tweet", "/follow", "/unfollow"):
        assert refused(as_alice.send(path, tweet="a ghost speaks", follow=alice.id))
    assert refused(as_alice.get("/timeline"))
    assert said() == []


def test_the_token_of_somebody_who_is_suspended_lets_nobody_in(as_alice, db):
    moderation.suspend(db, "alice")
    db.commit()
    assert refused(as_alice.send("/tweet", tweet="still here"))


@pytest.mark.parametrize("ended", ["revoked", "over"])
def test_a_token_whose_row_is_gone_or_over_lets_nobody_in(as_alice, db, ended):
    assert as_alice.get("/timeline").status_code == 200
    if ended == "revoked":
        db.execute(delete(AccessToken))
    else:
        db.execute(update(AccessToken).values(expires_at=func.now()))
    db.commit()
    assert refused(as_alice.get("/timeline"))


def test_a_token_of_another_face_with_the_same_claims_lets_nobody_in(app, as_alice, alice, db):
    as_alice.token = app.jwts["ballot"].create(db, alice.id, user_id=alice.id)
    db.commit()
    assert refused(as_alice.get("/timeline"))


def test_where_strangers_may_come_a_bad_token_harms_nobody_and_a_good_one_costs_nothing(as_alice, alice, counted):
    with counted() as with_token:
        assert as_alice.get(f"/timeline/{alice.id}").status_code == 200
    as_alice.token = "junk"
    with counted() as with_junk:
        assert as_alice.get(f"/timeline/{alice.id}").status_code == 200
    assert len(with_token) == len(with_junk) == 2


def test_a_program_that_comes_by_is_a_visit(as_alice, alice, db):
    db.execute(update(User).values(last_seen_at=func.now() - timedelta(days=1)))
    db.commit()
    as_alice.get("/timeline")
    assert db.scalar(select(func.now() - User.last_seen_at).where(User.id == alice.id)) == timedelta(0)


def test_a_session_of_the_web_lets_nobody_in(app, alice, browser, stranger):
    browser.log_in(alice)
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser._cookies.values())
    assert cookies
    assert refused(stranger.get("/timeline", headers={"Cookie": cookies}))


# Allowances


def test_times_are_those_of_the_web_and_in_the_same_books(app):
    assert all(LIMITS_OF_THE_WEB[name] == limit for name, limit in LIMITS.items())
    assert {route.limit for route in app.urls.routes if route.face.name == "miniter"} <= LIMITS.keys()


def test_whoever_guesses_passwords_is_stopped_by_their_address_whatever_token_they_hold(as_alice, bob, having, new_browser):
    having(rate_limits=True)
    times = LIMITS["login"].times
    guesses = [as_alice.send("/login", email=bob.email, password=str(guess)) for guess in range(times + 1)]
    assert [guess.status_code for guess in guesses] == [401] * times + [429]
    assert "error" in guesses[-1].json
    assert int(guesses[-1].headers["Retry-After"]) > 0
    assert guesses[0].headers["X-RateLimit-Remaining"] == str(times - 1)
    on_the_web = new_browser().send("/auth/login", username="bob", password="again")
    assert on_the_web.status_code == 429


@pytest.mark.parametrize(
    ("path", "members", "name"),
    [("/sign-up", {}, "register"), ("/tweet", {"tweet": ""}, "post"), ("/follow", {}, "write"), ("/unfollow", {}, "write")],
)
def test_refused_attempts_count_too(as_alice, having, path, members, name):
    having(rate_limits=True)
    answers = [as_alice.send(path, **members).status_code for _ in range(LIMITS[name].times + 1)]
    assert answers == [400] * LIMITS[name].times + [429]
