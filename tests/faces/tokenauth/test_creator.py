"""The one maker and reader of this face's tokens."""

import inspect
import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from microblog import config
from microblog.app import Application
from microblog.core import access_tokens
from microblog.faces import jwts
from microblog.faces.tokenauth.creator import TokenCreator
from microblog.framework.jwts import Expired, Forged, Malformed, Unfit

from ..attacks import claims_of, signed

KEY = "a key for tests of its own that nobody knows"
OTHER_KEY = "a key for tests of another that nobody knows"
SOURCES = Path(config.__file__).parent


@pytest.fixture
def creator(settings):
    """Makes the creator that an application would have with these settings."""

    def make(**changed: object) -> TokenCreator:
        own = replace(settings, **{"token_key": KEY} | changed)
        return TokenCreator(jwts.open_all(own)["tokenauth"], refresh_time=timedelta(minutes=own.refresh_time_min))

    return make


@pytest.mark.row("TK-11")
def test_the_settings_say_with_which_key_and_for_how_long(creator, db, alice):
    token = creator(exp_time_min=7).create(db, alice.id)
    claims = claims_of(token)
    assert abs(claims["exp"] - time.time() - 7 * 60) < 30
    assert creator().decode_token(db, token).id == alice.id
    with pytest.raises(Forged):
        creator(token_key=OTHER_KEY).decode_token(db, token)
    assert creator().decode_token(db, signed(claims, KEY.encode())).id == alice.id


@pytest.mark.row("TK-11", "TK-09")
def test_the_settings_say_when_a_token_is_followed_by_another(creator, db, alice):
    token = creator(exp_time_min=20).create(db, alice.id)
    patient, eager = creator(refresh_time_min=15), creator(refresh_time_min=25)
    assert patient.refresh(db, patient.decode_token(db, token)) == token
    followed = eager.refresh(db, eager.decode_token(db, token))
    assert claims_of(followed)["exp"] - claims_of(token)["exp"] == 10 * 60


@pytest.mark.row("TK-D7", "TK-D9")
def test_what_is_not_set_has_a_sensible_value(tmp_path):
    settings = config.read({"MICROBLOG_ENV": "testing", "SECRET_KEY": "x"}, tmp_path)
    assert (settings.exp_time_min, settings.refresh_time_min) == (30, 15)


@pytest.mark.row("TK-D9", "TK-11")
@pytest.mark.parametrize("changed", [{"EXP_TIME_MIN": "half"}, {"REFRESH_TIME_MIN": "-1"}, {"REFRESH_TIME_MIN": "31"}])
def test_what_is_no_number_or_makes_no_sense_is_said_by_name(tmp_path, changed):
    with pytest.raises(config.ConfigError, match=next(iter(changed))):
        config.read({"SECRET_KEY": "x"} | changed, tmp_path)


@pytest.mark.row("TK-D2")
@pytest.mark.parametrize("key", ["1234", "HELLO", "secret" * 8, "a" * 40])
def test_a_weak_key_is_refused(tmp_path, key):
    with pytest.raises(config.ConfigError, match="TOKEN_KEY"):
        config.read({"SECRET_KEY": "x", "TOKEN_KEY": key}, tmp_path)


@pytest.mark.row("TK-12", "TK-D3")
def test_it_shows_three_methods_and_no_secret(creator):
    one = creator()
    assert {name for name in dir(one) if not name.startswith("_")} == {"create", "refresh", "decode_token"}
    assert KEY not in repr(one)
    assert KEY not in str(vars(one))


@pytest.mark.row("TK-12", "TK-D3")
def test_one_module_reads_the_key_and_one_reads_tokens():
    def those_with(pattern: str) -> set[str]:
        found = (path for path in SOURCES.rglob("*.py") if re.search(pattern, path.read_text("utf-8")))
        return {path.relative_to(SOURCES).as_posix() for path in found}

    assert those_with(r"\.token_key") == {"config.py", "faces/jwts.py"}  # the first one judges it
    assert those_with(r"\bimport jwt\b|\bfrom jwt\b") == {"framework/jwts.py"}
    assert those_with(r"TokenCreator\(") == {"app.py"}
    assert those_with(r"decode_token\(") == {"faces/tokenauth/creator.py", "faces/tokenauth/door.py"}


@pytest.mark.row("TK-12")
def test_an_application_has_one_for_all_its_requests(settings):
    assert isinstance(Application(settings).token_creator, TokenCreator)


@pytest.mark.row("TK-D5")
def test_the_algorithm_is_pinned_by_a_list():
    from microblog.framework import jwts as reader

    assert re.findall(r"algorithms=(.+?)\)", inspect.getsource(reader)) == ["[ALGORITHM]"]


@pytest.mark.row("TK-07")
@pytest.mark.parametrize("uid", [None, "1", 1.0, True, [1], {}])
def test_a_uid_that_is_no_whole_number_is_nobodys(creator, db, new_person, uid):
    first = new_person("first", id=1)  # which Python takes 1.0 and True for, too
    claims = claims_of(creator().create(db, first.id))
    with pytest.raises(Unfit):
        creator().decode_token(db, signed(claims | {"uid": uid}, KEY.encode()))
    del claims["uid"]
    with pytest.raises(Unfit):
        creator().decode_token(db, signed(claims, KEY.encode()))


def test_a_uid_of_somebody_else_than_the_row_says_is_nobodys(creator, db, alice, bob):
    claims = claims_of(creator().create(db, alice.id))
    with pytest.raises(Unfit):
        creator().decode_token(db, signed(claims | {"uid": bob.id}, KEY.encode()))


def test_what_is_over_is_told_from_what_was_never_good(creator, db, alice):
    claims = claims_of(creator().create(db, alice.id))
    with pytest.raises(Expired):
        creator().decode_token(db, signed(claims | {"exp": int(time.time()) - 1}, KEY.encode()))
    with pytest.raises(Malformed):
        creator().decode_token(db, "x")


@pytest.mark.row("TK-D8")
def test_a_single_life_may_be_longer_than_a_day_and_is_then_the_last(creator, db, alice):
    week = creator(exp_time_min=10_080, refresh_time_min=10_080)
    bearer = week.decode_token(db, week.create(db, alice.id))
    assert week.refresh(db, bearer) == bearer.token
    assert access_tokens.of(db, alice.id)[0].id == bearer.token_id
