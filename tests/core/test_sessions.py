"""Sessions are recognised by their secret, end when they should, and are swept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import sessions
from microblog.models import Session, User


def begin(db, person, secret="a secret", *, remember=False):
    sessions.start(db, person.id, secret, remember=remember, address="127.0.0.1", user_agent="x" * 1_000)


def age(db, by: timedelta):
    """Let the session's life begin so much earlier."""
    db.execute(
        update(Session).values({Session.expires_at: Session.expires_at - by, Session.last_used_at: Session.last_used_at - by})
    )
    db.execute(update(User).values(last_seen_at=User.last_seen_at - by))


def test_a_session_is_known_by_its_secret_of_which_only_a_digest_is_kept(db, alice):
    begin(db, alice)
    assert sessions.visitor(db, "a secret").id == alice.id
    assert sessions.visitor(db, "another") is None
    row = db.scalars(select(Session)).one()
    assert row.digest == sessions.digest("a secret")
    assert len(row.user_agent) == 255


@pytest.mark.row("MT-05.4")
@pytest.mark.parametrize(
    ("remember", "days", "known"), [(False, 0.9, True), (False, 1.1, False), (True, 364, True), (True, 366, False)]
)
def test_a_session_ends_after_a_day_without_a_visit_or_when_remembered_after_a_year(db, alice, remember, days, known):
    begin(db, alice, remember=remember)
    age(db, timedelta(days=days))
    assert (sessions.visitor(db, "a secret") is not None) == known


@pytest.mark.row("MT-06.7")
def test_a_visit_is_noted_and_puts_off_the_end(db, alice):
    begin(db, alice)
    assert not sessions.visitor(db, "a secret").is_due
    age(db, timedelta(hours=20))
    assert sessions.visitor(db, "a secret").is_due
    sessions.note_visit(db, "a secret", alice.id)
    assert not sessions.visitor(db, "a secret").is_due
    age(db, timedelta(hours=20))
    assert sessions.visitor(db, "a secret") is not None


def test_noting_a_visit_does_not_shorten_a_remembered_session(db, alice):
    begin(db, alice, remember=True)
    before = db.scalar(select(Session.expires_at))
    sessions.note_visit(db, "a secret", alice.id)
    assert db.scalar(select(Session.expires_at)) == before


@pytest.mark.row("MT-05.13")
def test_the_session_of_somebody_who_is_gone_or_suspended_is_nobodys(db, alice, bob):
    begin(db, alice)
    begin(db, bob, "bob's")
    db.execute(update(User).where(User.id == alice.id).values(suspended_at=func.now()))
    db.delete(db.get(User, bob.id))
    db.flush()
    assert sessions.visitor(db, "a secret") is None
    assert sessions.visitor(db, "bob's") is None


def test_sessions_are_ended_one_by_one_or_all_together(db, alice, bob):
    for secret in ("one", "two", "three"):
        begin(db, alice, secret)
    begin(db, bob, "bob's")
    sessions.end(db, "one")
    sessions.end(db, "never was")
    assert sessions.visitor(db, "one") is None
    assert sessions.visitor(db, "two") is not None
    sessions.end_all(db, alice.id)
    assert sessions.visitor(db, "two") is None
    assert sessions.visitor(db, "bob's") is not None


def test_sweeping_forgets_only_what_is_over(db, alice):
    begin(db, alice, "old")
    age(db, timedelta(days=2))
    begin(db, alice, "new")
    assert sessions.sweep(db) == 1
    assert sessions.visitor(db, "new") is not None


def test_a_person_sees_where_they_are_logged_in_this_place_first(db, alice, bob):
    for secret in ("one", "two", "three"):
        begin(db, alice, secret)
    begin(db, bob, "bob's")
    mine = sessions.of(db, alice.id, "two")
    assert [session.is_this for session in mine] == [True, False, False]
    assert len({session.mark for session in mine}) == 3
    assert all(sessions.digest(secret).hex()[:8] not in str(mine) for secret in ("one", "two", "three"))


def test_a_session_that_is_over_is_not_shown(db, alice):
    begin(db, alice, "old")
    age(db, timedelta(days=2))
    assert sessions.of(db, alice.id, "old") == []


def test_a_session_is_ended_by_its_mark_and_only_by_whom_it_belongs_to(db, alice, bob):
    for secret in ("one", "two"):
        begin(db, alice, secret)
    mark = next(session.mark for session in sessions.of(db, alice.id, "one") if not session.is_this)
    sessions.end_marked(db, bob.id, mark)
    assert sessions.visitor(db, "two") is not None
    sessions.end_marked(db, alice.id, mark)
    sessions.end_marked(db, alice.id, "never was")
    assert sessions.visitor(db, "two") is None
    assert sessions.visitor(db, "one") is not None


def test_all_sessions_but_one_are_ended(db, alice):
    for secret in ("one", "two", "three"):
        begin(db, alice, secret)
    sessions.end_all(db, alice.id, but="two")
    assert [sessions.visitor(db, secret) is not None for secret in ("one", "two", "three")] == [False, True, False]
