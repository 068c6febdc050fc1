"""JWTs of three faces: each with keys of its own, each token with a row by which it ends."""

import time
from dataclasses import replace

import pytest

from microblog.core import access_tokens, moderation, users
from microblog.faces import jwts
from microblog.framework.jwts import BadJwt, Expired, Forged, Unfit

from .attacks import UNFIT, Seen, key_of

FACES = ("miniter", "ballot", "tokenauth")


@pytest.fixture(params=FACES)
def face(request, app):
    return app.jwts[request.param]


def test_a_token_lets_its_person_in(face, db, alice):
    claims = face.read(face.create(db, alice.id, uid=alice.id))
    assert (claims["uid"], type(claims["exp"]), type(claims["jti"])) == (alice.id, int, str)
    assert face.holder(db, claims).id == alice.id
    assert abs(claims["exp"] - time.time() - face.lives.total_seconds()) < 5


@pytest.mark.parametrize("other", FACES)
def test_a_token_of_one_face_is_worth_nothing_in_another(app, db, alice, other):
    for name in set(FACES) - {other}:
        with pytest.raises(Forged):
            app.jwts[other].read(app.jwts[name].create(db, alice.id))


@pytest.mark.parametrize("attack", UNFIT.values(), ids=UNFIT)
def test_claims_that_are_not_ours_let_nobody_in(face, app, db, alice, attack):
    seen = Seen(face.create(db, alice.id), key_of(app, face.face), b"o" * 32)
    with pytest.raises(BadJwt):
        face.holder(db, face.read(attack(seen)))


def test_a_row_of_another_face_lets_nobody_in(app, db, alice):
    row = access_tokens.issue(db, alice.id, "ballot", jwts.LIVES)
    forged = app.jwts["miniter"].sign(row.id, int(time.time()) + 60, {})
    with pytest.raises(jwts.Revoked):
        app.jwts["miniter"].holder(db, app.jwts["miniter"].read(forged))


@pytest.mark.row("MN-D12", "MN-10")
@pytest.mark.parametrize("end", ["revoked", "suspended", "gone"])
def test_a_token_ends_with_its_row_or_its_person(face, db, alice, end):
    claims = face.read(face.create(db, alice.id))
    if end == "revoked":
        access_tokens.revoke_all(db, alice.id)
    elif end == "suspended":
        moderation.suspend(db, "alice")
    else:
        users.erase(db, alice.id)
    with pytest.raises(jwts.Revoked):
        face.holder(db, claims)


def test_a_token_that_is_over_is_told_from_one_that_is_forged(face):
    with pytest.raises(Expired):
        face.read(face.sign(5, int(time.time()) - 1, {}))


def test_old_secret_keys_still_open_what_they_have_signed(settings, db, alice):
    old = jwts.open_all(replace(settings, secret_keys=("o" * 40,)))["miniter"]
    both = jwts.open_all(replace(settings, secret_keys=("n" * 40, "o" * 40)))["miniter"]
    assert both.read(old.create(db, alice.id))
    with pytest.raises(Forged):
        old.read(both.create(db, alice.id))


@pytest.mark.row("TK-12", "TK-D3")
def test_nobody_can_look_at_the_keys(face):
    assert not [name for name in vars(face) if "key" in name and not name.startswith("_Jwts__")]


@pytest.mark.parametrize(
    ("header", "bare", "token"),
    [
        ("abc", True, "abc"),
        ("Bearer abc", True, "abc"),
        ("bearer abc", False, "abc"),
        ("abc", False, None),
        ("", True, None),
        ("Bearer", True, None),
        ("Basic abc", True, None),
        ("Bearer a b", True, None),
    ],
)
def test_the_token_is_what_the_header_has(app, header, bare, token):
    from werkzeug.test import EnvironBuilder

    from microblog.framework.request import Request

    environ = EnvironBuilder("/", headers={"Authorization": header}).get_environ()
    assert jwts.sent(Request(environ, app), bare=bare) == token


def test_an_unfit_mark_is_said_to_be_unfit(face, db):
    for mark in (None, 5, "0", "x", "9" * 30):
        with pytest.raises(Unfit):
            face.holder(db, {"jti": mark})
