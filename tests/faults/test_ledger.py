"""The instrument itself: the ledger sees what is lost, doubled or wrong, and a build that lies is caught."""

import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from .clients import everybody
from .conftest import Stage, staged
from .ledger import CUT, Ledger, Reply


@pytest.fixture
def ledger(stage: Stage) -> Ledger:
    return Ledger(stage.site)


def change(stage: Stage, statement: str, **values: object) -> None:
    with stage.site.database.writing() as db:
        db.execute(text(statement), values)
        db.commit()


@pytest.fixture
def posted(stage: Stage) -> Iterator[int]:
    """A post with the mark x.1.1 twice, of the first person; gone afterwards, and never counted."""
    person = stage.people[0].id
    for _ in range(2):
        change(stage, "INSERT INTO posts (author_id, body, search) VALUES (:person, 'a [x.1.1]', '')", person=person)
    yield person
    change(stage, "DELETE FROM posts WHERE body = 'a [x.1.1]'")


def test_a_day_on_which_nothing_happened_is_well(ledger: Ledger):
    assert ledger.violations() == []


def test_what_was_acknowledged_and_is_not_there_is_lost(ledger: Ledger, stage: Stage):
    for word in ("sent", "done"):
        ledger.note(word, "post", "x.1.2", 1)
        ledger.note(word, "message", "x.1.3", 1)
        ledger.note(word, "person", "x1")
        ledger.note(word, "vote", 1, 1, 1)
        ledger.note(word, "follow", stage.people[0].id, 0)
    found = ledger.violations()
    assert len(found) == 5
    assert all(sentence.startswith("Lost: ") for sentence in found), found


def test_what_is_there_twice_or_unasked_or_miscounted_is_seen(ledger: Ledger, posted: int):
    unasked, miscounted = ledger.violations()[0], ledger.violations()[-1]
    assert "Unasked: nobody has sent the post 'x.1.1'." in unasked
    assert "users.post_count" in miscounted
    ledger.note("sent", "post", "x.1.1", posted)
    assert "Doubled: the post x.1.1" in ledger.violations()[0]


def test_an_answer_that_no_fault_excuses_is_seen(ledger: Ledger):
    for status in (303, 503, 502, 502, CUT):
        ledger.hear(Reply(0, 1, "POST /", status, status == 303))
    ledger.hear(Reply(0, 1, "POST /", 500, False), "instead of 303")
    assert ledger.violations(cut_by_nginx=2) == [
        "Unanswered: 1 requests.",
        "Wrong answers, 1, such as ['POST /: 500 instead of 303'].",
    ]
    assert "Unserved: nginx answered 2 times itself, 1 at most could not be helped." in ledger.violations(cut_by_nginx=1)


def test_letters_are_told_apart_by_what_they_are_called(ledger: Ledger):
    letter = b"To: a@example.org\r\nMessage-ID: <%s@x>\r\n\r\nhello"
    assert len(ledger.astray([letter % b"1"])) == 1, "nobody has asked for it"
    for word in ("sent", "done"):
        ledger.note(word, "letter", "a@example.org")
    assert ledger.astray([letter % b"1", letter % b"1"]) == [], "the same letter twice is one"
    assert len(ledger.astray([letter % b"1", letter % b"2"])) == 1
    assert len(ledger.astray([])) == 1


def test_a_build_that_says_done_before_commit_is_caught(new_database, nginx: str):
    """A killed worker takes with it what it has promised: the ledger misses it."""
    with staged(new_database(), nginx, spoiled="hasty", people=2) as stage:
        ledger, acting = everybody(stage.site, stage.people, "hasty")
        assert acting[0].send(acting[0].say())
        for pid in stage.site.workers():
            os.kill(pid, signal.SIGKILL)
        assert ledger.violations() == [
            f"Lost: the post hasty.{acting[0].person.id}.1 of person 1 was acknowledged and is not there."
        ]
