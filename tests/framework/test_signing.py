"""Seals: what we signed is believed, by any key that is still listed; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.framework.signing import Seal, derived

VALUES = st.text(st.characters(codec="ascii", exclude_characters="."), min_size=1, max_size=40)


@given(VALUES)
def test_what_was_sealed_is_given_back(value):
    seal = Seal(["a key"], "tests")
    assert seal.open(seal.sign(value)) == value


@pytest.mark.parametrize("sealed", [None, "", ".", "value", "value.", "value.forged", "valué.x", "a.b.c", "\ud800.x"])
def test_what_was_not_sealed_is_nothing(sealed):
    assert Seal(["a key"], "tests").open(sealed) is None


@given(st.text(max_size=60))
def test_no_text_from_outside_is_believed(sealed):
    assert Seal(["a key"], "tests").open(sealed) is None


def test_a_changed_value_is_nothing():
    seal = Seal(["a key"], "tests")
    assert seal.open(seal.sign("user 1").replace("user 1", "user 2")) is None


def test_an_old_key_still_opens_and_a_new_one_signs():
    old, new = Seal(["old"], "tests"), Seal(["new"], "tests")
    both = Seal(["new", "old"], "tests")
    assert both.open(old.sign("kept")) == "kept"
    assert new.open(both.sign("fresh")) == "fresh"
    assert old.open(both.sign("fresh")) is None


def test_a_key_that_is_listed_no_more_opens_nothing():
    assert Seal(["new"], "tests").open(Seal(["old"], "tests").sign("kept")) is None


def test_what_is_sealed_for_one_purpose_is_nothing_for_another():
    assert Seal(["a key"], "session cookie").open(Seal(["a key"], "state cookie").sign("kept")) is None


@pytest.mark.row("MT-D10")
def test_each_purpose_and_each_secret_has_a_key_of_its_own():
    keys = {derived(secret, purpose) for secret in ("a", "b") for purpose in ("x", "y")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
