"""Forms: ours are taken, all others are refused, whoever says what about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.framework.csrf import FormGuard, FormRefused

GUARD = FormGuard(["a key"], "https://example.org/microblog")


def is_taken(guard: FormGuard = GUARD, **given) -> bool:
    values = {"fetch_site": "same-origin", "origin": None, "token": GUARD.token("session"), "binding": "session"} | given
    try:
        guard.check(**values)
    except FormRefused:
        return False
    return True


def test_a_form_of_our_own_page_is_taken():
    assert is_taken()


@pytest.mark.parametrize("fetch_site", ["cross-site", "same-site", "", "Same-Origin", "anything"])
def test_a_browser_that_says_the_form_is_foreign_is_believed(fetch_site):
    assert not is_taken(fetch_site=fetch_site)


def test_a_form_that_the_person_began_themselves_is_taken():
    assert is_taken(fetch_site="none")


@pytest.mark.parametrize("origin", ["https://evil.test", "http://example.org", "https://example.org:8443", "null", ""])
def test_where_the_browser_tells_only_the_origin_it_must_be_ours(origin):
    assert not is_taken(fetch_site=None, origin=origin)
    assert is_taken(fetch_site=None, origin="https://example.org")


def test_a_browser_that_tells_nothing_needs_a_good_token():
    assert is_taken(fetch_site=None)
    assert not is_taken(fetch_site=None, token=None)


@pytest.mark.parametrize(
    "token",
    [None, "", ".", "x", "x.", ".x", "a.b.c", "é.é", pytest.param(GUARD.token("another session"), id="of another session")],
)
def test_a_token_that_is_not_of_this_session_is_refused(token):
    assert not is_taken(token=token)


@given(st.text(max_size=80))
def test_no_token_is_guessed(token):
    assert not is_taken(token=token)


def test_each_page_has_a_fresh_token_and_all_of_them_are_good():
    tokens = {GUARD.token("session") for _ in range(20)}
    assert len(tokens) == 20
    assert all(is_taken(token=token) for token in tokens)


def test_a_token_made_with_an_old_key_is_good_until_the_key_is_gone():
    token = FormGuard(["old"], "https://example.org").token("session")
    assert is_taken(FormGuard(["new", "old"], "https://example.org"), token=token)
    assert not is_taken(FormGuard(["new"], "https://example.org"), token=token)


def test_the_origin_is_the_public_address_without_its_path():
    assert GUARD.origin == "https://example.org"
    assert FormGuard(["a key"], "http://localhost:8000").origin == "http://localhost:8000"
