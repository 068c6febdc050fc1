"""Addresses and passwords are found and changed."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import credentials, sessions, tokens, users
from microblog.core.refusals import Invalid, NotFound, Taken
from microblog.models import Job, Session

PASSWORD = "correct horse"


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


@pytest.mark.row("MT-D39")
def test_who_knows_the_old_password_gets_a_new_one_and_stays_only_where_they_are(db, alice):
    for secret in ("here", "elsewhere"):
        sessions.start(db, alice.id, secret, remember=True, address="", user_agent="")
    credentials.change_password(db, alice.id, PASSWORD, "a new password", repeated="a new password", but="here")
    assert users.authenticate(db, "alice", "a new password") == alice.id
    assert sessions.visitor(db, "here").id == alice.id
    assert sessions.visitor(db, "elsewhere") is None


@pytest.mark.parametrize(("old", "message"), [("", "This field is required."), ("wrong", "This is not your password.")])
def test_who_does_not_know_the_old_password_changes_nothing(db, alice, old, message):
    with pytest.raises(Invalid) as refused:
        credentials.change_password(db, alice.id, old, "a new password", repeated="a new password", but="here")
    assert {name: str(said) for name, said in refused.value.errors.items()} == {"old_password": message}
    assert users.authenticate(db, "alice", PASSWORD) == alice.id


def test_a_new_address_is_only_written_to_until_it_is_confirmed(db, alice):
    credentials.propose_email(db, alice.id, " ann@example.org", language="ko")
    promised = db.execute(select(Job.name, Job.arguments)).one()
    assert promised.name == "jobs.addresses.confirm"
    assert promised.arguments == {
        "user_id": alice.id,
        "email": "ann@example.org",
        "name": "Alice Ånström",
        "language": "ko",
    }
    assert credentials.addressee(db, alice.id).email == "alice@example.org"


@pytest.mark.parametrize("email", ["nonsense", "BOB@example.org", "alice@example.org"])
def test_an_address_that_cannot_be_theirs_promises_nothing(db, alice, bob, email):
    with pytest.raises(Invalid) as refused:
        credentials.propose_email(db, alice.id, email, language="")
    assert set(refused.value.errors) == {"email"}
    assert db.scalar(select(func.count()).select_from(Job)) == 0


def test_a_password_that_was_shown_stands_for_ten_minutes_in_its_own_session(db, alice):
    for secret in ("here", "elsewhere"):
        sessions.start(db, alice.id, secret, remember=False, address="", user_agent="")
    db.execute(update(Session).values(confirmed_at=func.now() - sessions.CONFIRMED_FOR))
    assert not sessions.visitor(db, "here").is_confirmed
    with pytest.raises(Invalid):
        credentials.confirm(db, alice.id, "here", "wrong")
    assert not sessions.visitor(db, "here").is_confirmed
    credentials.confirm(db, alice.id, "here", PASSWORD)
    assert [sessions.visitor(db, secret).is_confirmed for secret in ("here", "elsewhere")] == [True, False]


def test_ones_own_address_may_be_written_otherwise(db, alice):
    credentials.propose_email(db, alice.id, "Alice@example.org", language="")
    assert db.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.row("MT-23.11")
def test_the_old_address_is_told_of_a_new_one_and_not_of_its_own_in_other_letters(db, alice):
    credentials.set_email(db, alice.id, "ALICE@example.org")
    assert db.scalar(select(func.count()).select_from(Job)) == 0
    credentials.set_email(db, alice.id, "ann@example.org")
    promised = db.execute(select(Job.name, Job.arguments)).one()
    assert promised.name == "jobs.addresses.tell"
    assert promised.arguments == {"email": "ALICE@example.org", "name": "Alice Ånström", "language": ""}


def test_nobody_is_told_of_an_address_that_was_refused(db, alice, bob):
    with pytest.raises(Taken):
        credentials.set_email(db, alice.id, "bob@example.org")
    assert db.scalar(select(func.count()).select_from(Job)) == 0
