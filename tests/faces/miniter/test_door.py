"""Who comes in by miniter, and who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from microblog.core import moderation
from microblog.core.limits import Limit
from microblog.faces.miniter.door import LIMITS
from microblog.faces.web.door import LIMITS as LIMITS_OF_THE_WEB
from microblog.models import AccessToken, User

from ..attacks import EXPIRED, FORGED, UNFIT, Seen, key_of


@pytest.fixture
def seen(app, as_alice) -> Seen:
    """The token of Alice, in the hands of somebody who has even seen the keys."""
    return Seen(as_alice.token, key_of(app, "miniter"), key_of(app, "ballot"))


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


@pytest.mark.row("MN-06", "MN-07", "MN-D14")
@pytest.mark.parametrize("word", ["", "Bearer "], ids=["bare", "bearer"])
@pytest.mark.parametrize("attack", [*FORGED, *UNFIT, *EXPIRED])
def test_a_token_that_was_tampered_with_lets_nobody_in(seen, as_alice, said, attack, word):
    as_alice.token = word + (FORGED | UNFIT | EXPIRED)[attack](seen)
    assert refused(as_alice.send("/tweet", tweet="in"))
    assert said() == []


@pytest.mark.row("MN-07")
@pytest.mark.parametrize(
    "header", ["{} {}", "Bearer", "Bearer {} {}", "Basic {}", "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ==", " ", "Bearer {},"]
)
def test_a_header_of_another_shape_lets_nobody_in(as_alice, said, header):
    as_alice.token = header.format(as_alice.token, as_alice.token)
    assert refused(as_alice.send("/tweet", tweet="in"))
    assert said() == []


@pytest.mark.row("MN-D12")
@pytest.mark.parametrize(
    "kind", [str, float, bool, lambda number: [number], lambda _: None, lambda _: 2**70, lambda number: -number]
)
def test_a_user_id_of_another_kind_lets_nobody_in(seen, as_alice, alice, said, kind):
    as_alice.token = seen.saying(user_id=kind(alice.id))
    assert refused(as_alice.send("/tweet", tweet="in"))
    assert said() == []


@pytest.mark.row("MN-D12")
def test_a_token_without_user_id_or_with_that_of_somebody_else_lets_nobody_in(seen, as_alice, bob, said):
    for token in (seen.without("user_id"), seen.saying(user_id=bob.id)):
        as_alice.token = token
        assert refused(as_alice.send("/tweet", tweet="in"))
    assert said() == []
    as_alice.token = seen.saying(exp=seen.claims["exp"] - 60)
    assert as_alice.send("/tweet", tweet="in").status_code == 200, "signed as it should be it would have come in"


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
def test_refused_attempts_count_too(as_alice, having, monkeypatch, path, members, name):
    having(rate_limits=True)
    monkeypatch.setitem(LIMITS, name, Limit(name, 3, timedelta(hours=1)))
    assert [as_alice.send(path, **members).status_code for _ in range(5)] == [400, 400, 400, 429, 429]
