"""Answers under a key: the first asker works, all others are answered."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import kept_answers
from microblog.core.refusals import Invalid
from microblog.framework.database import Database
from microblog.models import KeptAnswer

from ..together import in_transactions


def test_who_asks_again_gets_the_first_answer(db):
    assert kept_answers.claim(db, "user 1", "k", b"request") is None
    kept_answers.keep(db, "user 1", "k", status=201, location="/here", body=b"{}")
    again = kept_answers.claim(db, "user 1", "k", b"request")
    assert (again.status, again.location, again.body) == (201, "/here", b"{}")


def test_another_request_under_the_same_key_is_refused_and_another_caller_is_not(db):
    kept_answers.claim(db, "user 1", "k", b"request")
    kept_answers.keep(db, "user 1", "k", status=201, location="", body=b"")
    with pytest.raises(Invalid, match="look at what"):
        kept_answers.claim(db, "user 1", "k", b"another")
    assert kept_answers.claim(db, "user 2", "k", b"another") is None


def test_an_answer_is_kept_for_a_day(db):
    kept_answers.claim(db, "user 1", "k", b"request")
    kept_answers.keep(db, "user 1", "k", status=201, location="", body=b"old")
    db.execute(update(KeptAnswer).values(created_at=func.now() - kept_answers.KEPT_FOR * 1.01))
    assert kept_answers.claim(db, "user 1", "k", b"another") is None
    kept_answers.sweep(db)
    assert db.scalar(select(func.count()).select_from(KeptAnswer)) == 1
    db.execute(update(KeptAnswer).values(created_at=func.now() - kept_answers.KEPT_FOR * 1.01))
    kept_answers.sweep(db)
    assert db.scalar(select(func.count()).select_from(KeptAnswer)) == 0


def test_of_many_at_once_one_works_and_the_others_hear_its_answer(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    worked = []

    def ask(db, number: int) -> int:
        first = kept_answers.claim(db, "user 1", "k", b"request")
        if first is not None:
            return int(first.body)
        worked.append(number)
        kept_answers.keep(db, "user 1", "k", status=201, location="", body=str(number).encode())
        return number

    heard = in_transactions(database, [lambda db, number=number: ask(db, number) for number in range(16)])
    database.close()
    assert len(worked) == 1
    assert heard == worked * 16
