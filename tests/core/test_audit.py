"""The audit trail: each deed leaves its entry in its own transaction, and nobody changes one."""

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import ProgrammingError

from microblog.core import access_tokens, audit, credentials, moderation, sessions, users
from microblog.core.refusals import NotFound
from microblog.framework.database import SOURCE
from microblog.framework.pagination import Cursor
from microblog.models import AuditEntry

PASSWORD = "correct horse"
KEY = b"k" * 32


def trail(db, user_id: int) -> list[str]:
    return list(db.scalars(select(AuditEntry.event).where(AuditEntry.user_id == user_id).order_by(AuditEntry.id)))


def test_each_deed_leaves_its_entry(db, alice):
    users.authenticate(db, "alice", PASSWORD)
    sessions.start(db, alice.id, "here", remember=False, address="", user_agent="")
    sessions.start(db, alice.id, "there", remember=False, address="", user_agent="")
    credentials.confirm(db, alice.id, "here", PASSWORD)
    access = access_tokens.create(db, KEY, alice.id, label="phone", lives=access_tokens.API_LIVES)
    access_tokens.revoke(db, alice.id, access.id)
    sessions.end_others(db, alice.id, "here")
    credentials.set_email(db, alice.id, "ann@example.org")
    access_tokens.ask(db, [KEY], alice.id)
    access_tokens.ask(db, [KEY], alice.id)  # the same once more is nothing new
    credentials.set_password(db, alice.id, "a new password")
    sessions.start(db, alice.id, "here", remember=False, address="", user_agent="")
    sessions.end(db, "here")
    sessions.end(db, "here")
    for deed in (moderation.suspend, moderation.suspend, moderation.restore, moderation.restore):
        deed(db, "alice")
    for is_admin in (True, True, False, False):
        moderation.set_admin(db, "alice", is_admin)
    users.erase(db, alice.id)
    assert trail(db, alice.id) == [
        "logged_in",
        "confirmed",
        "token_made",
        "token_revoked",
        "sessions_ended",
        "email_changed",
        "token_made",
        "password_changed",
        "tokens_revoked",
        "logged_out",
        "suspended",
        "restored",
        "promoted",
        "demoted",
        "erased",
    ]


@pytest.mark.parametrize(("login", "is_known"), [("alice", True), ("ALICE@example.org", True), ("nobody", False), ("", False)])
def test_a_login_that_failed_is_its_targets(db, alice, login, is_known):
    with pytest.raises(NotFound):
        users.authenticate(db, login, "wrong")
    users.note_failure(db, login)
    assert db.execute(select(AuditEntry.user_id).where(AuditEntry.event == "login_failed")).scalars().all() == [
        alice.id if is_known else audit.NOBODY
    ]


def test_an_entry_says_where_it_came_from_and_is_bounded(db, alice):
    db.info[SOURCE] = lambda: {"face": "web", "address": "192.0.2.7", "user_agent": "x" * 5_000, "request_id": "abc"}
    audit.note(db, "logged_out", alice.id)
    (entry,) = audit.newest(db, event="logged_out", most=5)
    assert (entry.username, entry.face, entry.address, entry.request_id) == ("alice", "web", "192.0.2.7", "abc")
    assert len(entry.user_agent) == 255


def test_what_is_no_event_is_not_written(db):
    with pytest.raises(ValueError, match="sneezed"):
        audit.note(db, "sneezed")


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET event = 'x'", "DELETE FROM audit_entries"])
def test_nobody_changes_an_entry(db, alice, change):
    audit.note(db, "logged_in", alice.id)
    with pytest.raises(ProgrammingError, match="kept as they are"), db.begin_nested():
        db.execute(text(change))
    assert "logged_in" in trail(db, alice.id)


def test_after_a_year_it_is_forgotten_and_not_before(db, alice):
    for days in (364, 366):
        ago = func.now() - text(f"interval '{days} days'")
        where = {"face": "", "address": "", "user_agent": "", "request_id": str(days)}
        db.execute(insert(AuditEntry).values(user_id=alice.id, event="logged_in", created_at=ago, **where))
    audit.sweep(db)
    kept = select(AuditEntry.request_id).where(AuditEntry.event == "logged_in", AuditEntry.request_id != "")
    assert db.scalars(kept).all() == ["364"]


def test_a_persons_own_are_listed_newest_first_and_nobody_elses(db, alice, bob):
    for person in (alice, bob, alice):
        audit.note(db, "logged_in", person.id)
    audit.note(db, "logged_out", alice.id)
    page = audit.of.page(db, Cursor(), 2, user_id=alice.id)
    assert [entry.event for entry in page.items] == ["logged_out", "logged_in"]
    assert page.older is not None
    assert {entry.user_id for entry in page.items} == {alice.id}


def test_both_questions_are_answered_by_indexes(db, alice):
    for way in ("seqscan", "bitmapscan"):
        db.execute(text(f"SET LOCAL enable_{way} = off"))
    for condition, index in (("user_id = 1", "ix__audit_entries__user_id__id"), ("event = 'x'", "ix__audit_entries__event__id")):
        asked = f"EXPLAIN SELECT * FROM audit_entries WHERE {condition} ORDER BY id DESC LIMIT 25"
        plan = "\n".join(db.execute(text(asked)).scalars())
        assert index in plan
        assert "Sort" not in plan


def test_what_was_undone_leaves_no_entry(db, alice):
    with pytest.raises(ZeroDivisionError), db.begin_nested():
        audit.note(db, "logged_in", alice.id)
        raise ZeroDivisionError
    assert "logged_in" not in trail(db, alice.id)
