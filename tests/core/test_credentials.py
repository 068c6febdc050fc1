"""Addresses and passwords are found and changed."""

import pytest
from sqlalchemy import func, select

from microblog.core import credentials, sessions, tokens, users
from microblog.core.refusals import Invalid, NotFound
from microblog.models import Session


@pytest.mark.row("MT-10.3")
def test_an_address_is_found_whatever_its_case_and_given_as_it_is_stored(db, alice):
    assert credentials.holder(db, " ALICE@example.org ").email == "alice@example.org"
    assert credentials.holder(db, "nobody@example.org") is None
    assert credentials.addressee(db, alice.id).username == "alice"
    with pytest.raises(NotFound):
        credentials.addressee(db, 0)


@pytest.mark.row("MT-10.7", "MT-D10", "MT-D39")
def test_a_new_password_ends_what_the_old_one_opened(db, alice):
    sessions.start(db, alice.id, "secret", remember=True, address="", user_agent="")
    tokens.issue(db, "abc", alice.id, "reset", tokens.RESET_LIVES)
    credentials.set_password(db, alice.id, "a new password", repeated="a new password")
    assert users.authenticate(db, "alice", "a new password") == alice.id
    with pytest.raises(NotFound):
        users.authenticate(db, "alice", "correct horse")
    assert db.scalar(select(func.count()).select_from(Session)) == 0
    with pytest.raises(NotFound):
        tokens.redeem(db, "abc", "reset")


@pytest.mark.parametrize(
    ("password", "repeated", "wrong"),
    [("", "", "password"), ("short", "short", "password"), ("long enough", "else", "password2")],
)
def test_a_password_that_does_not_fit_is_refused(db, alice, password, repeated, wrong):
    with pytest.raises(Invalid) as refused:
        credentials.set_password(db, alice.id, password, repeated=repeated)
    assert set(refused.value.errors) == {wrong}


def test_a_new_address_is_ones_own_unless_somebody_has_it(db, alice, bob):
    credentials.set_email(db, alice.id, "ann@example.org")
    assert credentials.holder(db, "ann@example.org").id == alice.id
    for taken in ("BOB@example.org", "nonsense"):
        with pytest.raises(Invalid):
            credentials.set_email(db, alice.id, taken)
    assert credentials.addressee(db, alice.id).email == "ann@example.org"
