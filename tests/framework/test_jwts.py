"""Tokens with HS256: what we sign we read, and nothing else is believed."""

import time

import jwt
import pytest

from microblog.framework import jwts
from microblog.framework.jwts import BadJwt, Expired, Forged, Malformed, Unfit

from ..faces.attacks import EXPIRED, FORGED, Seen, signed

KEY, OTHER = b"k" * 32, b"o" * 32


def token(**claims: object) -> str:
    return jwts.sign({"exp": int(time.time()) + 600, "jti": "5", "uid": 12} | claims, KEY)


@pytest.fixture
def seen() -> Seen:
    return Seen(token(), KEY, OTHER)


def test_what_was_signed_is_read_with_any_of_the_keys():
    assert jwts.read(token(), [KEY], now=time.time())["uid"] == 12
    assert jwts.read(token(), [OTHER, KEY], now=time.time())["uid"] == 12
    with pytest.raises(Forged):
        jwts.read(token(), [OTHER], now=time.time())


@pytest.mark.row("MN-06", "TK-02")
def test_others_can_read_it_too():
    assert jwt.decode(token(), KEY, algorithms=["HS256"])["uid"] == 12
    assert jwt.get_unverified_header(token()) == {"alg": "HS256", "typ": "JWT"}


@pytest.mark.row("MN-D14", "VT-D11", "TK-D4", "TK-D5")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_what_nobody_with_a_key_has_made_is_forged_or_malformed(seen, attack):
    with pytest.raises((Forged, Malformed)):
        jwts.read(attack(seen), [KEY], now=time.time())


@pytest.mark.parametrize("exp", [None, "9999999999", 9999999999.5, True, [], {}])
def test_a_time_that_is_no_whole_number_is_unfit(exp):
    with pytest.raises(Unfit):
        jwts.read(signed({"exp": exp}, KEY), [KEY], now=time.time())
    with pytest.raises(Unfit):
        jwts.read(signed({"uid": 12}, KEY), [KEY], now=time.time())


@pytest.mark.parametrize("raw", [b'{"exp": 1e308}', b'{"exp": NaN}', b'{"exp": 1e999}', b"[" * 2_000, b'"x"', b"null", b""])
def test_claims_that_are_none_are_refused(raw):
    with pytest.raises(BadJwt):
        jwts.read(signed(raw, KEY), [KEY], now=time.time())


@pytest.mark.parametrize("attack", EXPIRED.values(), ids=EXPIRED)
def test_what_is_over_is_over(seen, attack):
    with pytest.raises(Expired):
        jwts.read(attack(seen), [KEY], now=time.time())


def test_it_is_over_in_the_second_that_it_names():
    exact = jwts.sign({"exp": 1_000}, KEY)
    assert jwts.read(exact, [KEY], now=999.9)
    with pytest.raises(Expired):
        jwts.read(exact, [KEY], now=1_000)


def test_a_key_id_of_somebody_else_is_ignored():
    assert jwts.read(signed({"exp": int(time.time()) + 60}, KEY, kid="../../etc/passwd"), [KEY], now=time.time())
