"""Who comes in by the API: a token, and a password where tokens are made; never a cookie, and neither in the other's place."""

import re

import pytest
from sqlalchemy import delete, func, select, update

from microblog.core import access_tokens, moderation
from microblog.faces.access_tokens import keys
from microblog.faces.api.door import LIMITS
from microblog.models import AccessToken, Post, User
from tests.conftest import PASSWORD

BEARER = 'Bearer realm="Authentication Required"'
BASIC = 'Basic realm="Authentication Required"'
VALUES = {
    "user_id": "1",
    "post_id": "1",
    "poll_id": "1",
    "token_id": "1",
    "message_id": "1",
    "notification_id": "1",
    "task_id": "x",
}


@pytest.fixture
def routes(app):
    return [route for route in app.urls.routes if route.face.name == "api"]


def path_of(route):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES[found[1]], route.rule)


def published(db):
    return db.scalar(select(func.count()).select_from(Post))


@pytest.mark.row("MT-23.4", "MT-D32")
def test_every_verb_of_every_route_that_is_not_public_wants_a_token_before_all_else(stranger, routes):
    closed = 0
    for route in routes:
        if route.is_public or getattr(route.handler, "is_by_password", False):
            continue
        answer = stranger.open(path_of(route), method=route.verb, data=b"\xff{", content_type="text/plain")
        assert answer.status_code == 401, f"{route.verb} {route.rule}"
        assert answer.json == {"error": "Unauthorized"}
        assert answer.headers["WWW-Authenticate"] == BEARER
        closed += 1
    assert closed > 35


def test_whatever_is_public_is_meant_to_be(routes):
    opened = {(route.verb, route.rule) for route in routes if route.is_public}
    assert opened == {
        ("GET", "/api"),
        ("GET", "/api/languages"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/docs"),
        ("POST", "/api/users"),
    }


@pytest.mark.row("MT-03.7")
def test_every_route_has_an_address_and_a_limit_that_exists(app, routes):
    assert {route.limit for route in routes} <= LIMITS.keys()
    for route in routes:
        values = {name: VALUES[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", route.rule)}
        assert app.urls.path(str(route.endpoint), **values).startswith("/microblog/api")


@pytest.mark.row("MT-23.4")
@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer ", "Bearer x", "bearer " + "A" * 32, "Token x", "Bearer " + "A" * 5_000, "Bearer é", "Bearer a b", "=", "Bearer ="],
)  # fmt: skip
def test_what_is_no_token_lets_nobody_in(stranger, alice, sent):
    answer = stranger.get("/api/posts", headers={"Authorization": sent})
    assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})
    assert answer.headers["WWW-Authenticate"] == BEARER


@pytest.mark.row("MT-23.4")
def test_a_token_lets_its_person_in_whatever_the_case_of_the_scheme(program, stranger):
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert stranger.get("/api/posts", headers={"Authorization": f"{scheme} {program.token}"}).status_code == 200
    assert stranger.get("/api/posts", headers={"Authorization": program.token}).status_code == 401
    for scheme in ("Token", "Digest", "Basic", "Bearer,", "BearerX"):
        assert stranger.get("/api/posts", headers={"Authorization": f"{scheme} {program.token}"}).status_code == 401


@pytest.mark.row("MT-23.4")
def test_a_token_that_is_over_lets_nobody_in(program, db):
    db.execute(update(AccessToken).values(expires_at=func.now()))
    db.commit()
    assert program.get("/api/posts").status_code == 401
    assert program.post("/api/posts", json={"body": "hello"}).status_code == 401
    assert published(db) == 0


@pytest.mark.row("MT-23.2", "MT-23.4")
def test_a_password_makes_tokens_and_opens_nothing_else_and_a_token_makes_none(stranger, program, alice, db):
    assert stranger.get("/api/posts", auth=("alice", PASSWORD)).status_code == 401
    assert stranger.delete("/api/tokens", auth=("alice", PASSWORD)).headers["WWW-Authenticate"] == BEARER
    answer = program.post("/api/tokens")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, BASIC)
    as_password = program.token
    assert stranger.post("/api/tokens", auth=("alice", as_password)).status_code == 401


@pytest.mark.row("MT-23.15")
def test_a_cookie_never_opens_the_api(as_alice, db):
    assert as_alice.get("/explore").status_code == 200
    for path in ("/api/posts", "/api/users", "/api/tokens"):
        assert as_alice.get(path).status_code == 401
    assert as_alice.post("/api/posts", json={"body": "hello"}).status_code == 401
    assert as_alice.post("/api/posts", data={"csrf_token": as_alice.token("/"), "body": "hello"}).status_code == 401
    assert published(db) == 0


@pytest.mark.row("MT-23.15")
def test_a_token_never_opens_the_web_and_no_answer_sets_a_cookie(program, stranger):
    answer = program.get("/index")
    assert answer.status_code == 302
    assert "/auth/login" in answer.headers["Location"]
    assert program.post("/", data={"post": "hello"}).status_code != 200
    for answer in (program.get("/api/posts"), program.post("/api/posts", json={"body": "x"}), stranger.get("/api/posts")):
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("act", ["suspended", "deleted"])
def test_somebody_who_is_suspended_or_gone_is_nobody(program, stranger, alice, db, act):
    if act == "suspended":
        moderation.suspend(db, "alice")
        access_tokens.ask(db, [b"another key of the house"], alice.id)  # not even with a token that was made since
    else:
        db.execute(delete(User).where(User.id == alice.id))
    db.commit()
    assert program.get("/api/posts").status_code == 401
    assert stranger.post("/api/tokens", auth=("alice", PASSWORD)).status_code == 401


def test_a_token_of_somebody_suspended_afterwards_lets_nobody_in(program, db):
    db.execute(update(User).values(suspended_at=func.now()))
    db.commit()
    assert program.get("/api/posts").status_code == 401


def test_a_visit_is_noted_once_a_minute_with_the_token(program, alice, db, counted):
    db.execute(update(User).values(last_seen_at=func.now() - access_tokens.NOTED_EVERY * 2))
    db.execute(update(AccessToken).values(last_used_at=None))
    db.commit()
    with counted() as first:
        program.get("/api")
    with counted() as second:
        program.get("/api")
    assert (len(first), len(second)) == (2, 1)
    assert db.scalar(select(AccessToken.last_used_at)) == db.scalar(select(User.last_seen_at))


@pytest.mark.row("MT-23.2")
@pytest.mark.parametrize(
    "auth",
    [
        None,
        ("alice", "wrong"),
        ("alice", ""),
        ("", ""),
        ("nobody", PASSWORD),
        ("alice\x00", PASSWORD),
        ("alice", PASSWORD + "\x00"),
    ],
)
def test_a_wrong_password_or_none_is_a_401_that_asks_for_one(stranger, alice, db, auth):
    answer = stranger.post("/api/tokens", auth=auth)
    assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})
    assert answer.headers["WWW-Authenticate"] == BASIC
    assert db.scalar(select(func.count()).select_from(AccessToken)) == 0


@pytest.mark.parametrize("sent", ["Basic", "Basic !!!", "Basic YWxpY2U=", "Basic /////w==", "Basic é"])
def test_a_header_that_cannot_be_read_is_a_401(stranger, alice, sent):
    answer = stranger.post("/api/tokens", headers={"Authorization": sent})
    assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})


@pytest.mark.row("XC-09")
def test_a_password_may_be_of_any_script(stranger, db, alice):
    from microblog.core import credentials

    credentials.set_password(db, alice.id, "한글😀 비밀번호입니다")
    db.commit()
    assert stranger.post("/api/tokens", auth=("alice", "한글😀 비밀번호입니다")).status_code == 200


# How often


def test_whoever_comes_too_often_waits_and_is_told_how_long(program, having, db):
    having(rate_limits=True)
    answers = [program.post("/api/posts", json={"body": f"post {number}"}) for number in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers[:3]] == ["29", "28", "27"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"30"}
    assert all(answer.headers["X-RateLimit-Reset"].isdigit() for answer in answers)
    last = answers[-1]
    assert last.json["error"] == "Too Many Requests"
    assert last.json["message"].startswith("That was a little too often.")
    assert 1 <= int(last.headers["Retry-After"]) <= 11
    assert published(db) == 30
    assert program.get("/api/posts").status_code == 200


def test_what_is_refused_is_counted_too_and_reading_is_not(program, having):
    having(rate_limits=True)
    assert "X-RateLimit-Limit" not in program.get("/api/posts").headers
    assert program.post("/api/posts", json={}).headers["X-RateLimit-Remaining"] == "29"
    assert program.post("/api/posts", json={}).headers["X-RateLimit-Remaining"] == "28"


def test_the_web_and_the_api_keep_one_book(program, as_alice, having):
    having(rate_limits=True)
    for number in range(15):
        assert as_alice.send("/", page="/explore", post=f"by hand {number}").status_code == 303
        assert program.post("/api/posts", json={"body": f"by program {number}"}).status_code == 201
    assert program.post("/api/posts", json={"body": "once more"}).status_code == 429
    assert as_alice.send("/", page="/explore", post="once more").status_code == 429


def test_guessing_passwords_here_uses_up_the_guesses_there(stranger, alice, having, browser):
    having(rate_limits=True)
    statuses = [stranger.post("/api/tokens", auth=("alice", "wrong")).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert stranger.post("/api/tokens", auth=("alice", PASSWORD)).status_code == 429
    assert browser.send("/auth/login", username="alice", password=PASSWORD).status_code == 429


def test_each_address_joins_so_often_and_each_person_has_their_own_times(stranger, program, new_program, bob, having):
    having(rate_limits=True)
    for _ in range(20):
        assert stranger.post("/api/users", json={}).status_code == 400
    assert stranger.post("/api/users", json={}).status_code == 429
    for _ in range(30):
        program.post("/api/posts", json={})
    assert program.post("/api/posts", json={}).status_code == 429
    assert new_program(bob).post("/api/posts", json={"body": "hello"}).status_code == 201


def test_a_token_of_a_retired_key_still_counts_until_it_is_over(stranger, alice, db, app):
    old = access_tokens.ask(db, [b"a key of before"], alice.id).token
    db.commit()
    assert stranger.get("/api/users", headers={"Authorization": f"Bearer {old}"}).status_code == 200
    renewed = stranger.post("/api/tokens", auth=("alice", PASSWORD)).json["token"]
    assert renewed != old
    assert renewed == access_tokens.ask(db, keys(app.config), alice.id).token
