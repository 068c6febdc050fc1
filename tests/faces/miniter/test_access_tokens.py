"""Logging in."""

import time

import jwt
import pytest
from sqlalchemy import func, select

from microblog import config
from microblog.core import moderation
from microblog.faces import jwts as faces_jwts
from microblog.models import AccessToken

from ...conftest import PASSWORD
from ..attacks import key_of


@pytest.mark.row("MN-05", "MN-06")
def test_a_login_gives_a_token_for_a_day_and_nothing_else(app, stranger, alice):
    answer = stranger.send("/login", email=alice.email, password=PASSWORD)
    assert (answer.status_code, answer.mimetype, list(answer.json)) == (200, "application/json", ["access_token"])
    token = answer.json["access_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = jwt.decode(token, key_of(app, "miniter"), algorithms=["HS256"])
    assert claims.keys() == {"user_id", "exp", "jti"}
    assert (claims["user_id"], type(claims["user_id"]), type(claims["exp"])) == (alice.id, int, int)
    assert claims["exp"] - time.time() == pytest.approx(60 * 60 * 24, abs=30)


@pytest.mark.row("MN-05")
def test_an_address_is_the_same_whatever_its_case(stranger, alice):
    assert stranger.send("/login", email=" ALICE@Example.ORG ", password=PASSWORD).status_code == 200


@pytest.mark.row("MN-05")
def test_who_may_not_come_in_does_not_hear_why(stranger, alice, bob, db):
    moderation.suspend(db, "bob")
    db.commit()
    cases = {
        "wrong password": {"email": alice.email, "password": "wrong"},
        "unknown e-mail": {"email": "nobody@example.org", "password": PASSWORD},
        "a username": {"email": "alice", "password": PASSWORD},
        "no password": {"email": alice.email, "password": ""},
        "no e-mail": {"email": "", "password": PASSWORD},
        "suspended": {"email": bob.email, "password": PASSWORD},
        "password of another case": {"email": alice.email, "password": PASSWORD.upper()},
    }
    answers = [stranger.send("/login", **members) for members in cases.values()]
    for answer in answers:
        answer.headers.remove("X-Request-ID")
    assert {(answer.status_code, answer.data, str(answer.headers)) for answer in answers} == {(401, b"", str(answers[0].headers))}
    assert answers[0].headers["Content-Length"] == "0"
    assert db.scalar(select(func.count()).select_from(AccessToken)) == 0


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize(
    "members",
    [
        {},
        {"email": "alice@example.org"},
        {"password": PASSWORD},
        {"email": None, "password": PASSWORD},
        {"email": "alice@example.org", "password": 1234},
        {"email": ["alice@example.org"], "password": PASSWORD},
    ],
)
def test_a_login_without_its_members_is_a_400_that_names_them(stranger, alice, members):
    answer = stranger.send("/login", **members)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    wrong = {name for name in ("email", "password") if not isinstance(members.get(name), str)}
    assert all(f"{name}: This " in answer.json["error"] for name in wrong)


def test_every_login_gives_a_token_of_its_own(logged_in, alice):
    first, second = logged_in(alice), logged_in(alice)
    assert first.token != second.token
    assert [program.get("/timeline").status_code for program in (first, second)] == [200, 200]


KEY = "5b2f0c9e7a41d3866f1e9b7c0a2d4e68"
SECRET = "9d1c7e3a5f2b4860b7d9e1f3c5a70246"


def read(tmp_path, **settings):
    return config.read({"MICROBLOG_ENV": "production", "DATABASE_URL": "postgresql://x/y"} | settings, tmp_path)


@pytest.mark.row("MN-06", "MN-D13")
def test_the_key_is_the_one_that_the_settings_name_else_one_of_this_faces_own(tmp_path):
    public_url = "https://example.org"

    def signed(**settings: str) -> str:
        found = faces_jwts.open_all(read(tmp_path, PUBLIC_URL=public_url, **settings))
        return found["miniter"].sign(7, int(time.time()) + 60, {"user_id": 1})

    named = signed(SECRET_KEY=SECRET, JWT_SECRET_KEY=KEY)
    assert jwt.decode(named, KEY, algorithms=["HS256"])["user_id"] == 1
    derived = signed(SECRET_KEY=SECRET)
    for weak in (SECRET, KEY, "", "None"):
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(derived, weak.ljust(32, "\0"), algorithms=["HS256"])


@pytest.mark.row("MN-06", "MN-D13")
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": SECRET, "JWT_SECRET_KEY": "secret"}, "JWT_SECRET_KEY cannot be used"),
        ({"SECRET_KEY": SECRET, "JWT_SECRET_KEY": "HELLO_MY_SECRET" * 3}, "JWT_SECRET_KEY cannot be used"),
        ({"SECRET_KEY": SECRET, "JWT_SECRET_KEY": "aaaaaaaa" * 5}, "JWT_SECRET_KEY cannot be used"),
        ({"SECRET_KEY": SECRET, "JWT_SECRET_KEY": SECRET}, "must differ"),
    ],
)
def test_without_a_strong_key_of_its_own_nothing_starts(tmp_path, settings, named):
    with pytest.raises(config.ConfigError, match=named):
        read(tmp_path, PUBLIC_URL="https://example.org", **settings)
