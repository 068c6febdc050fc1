"""Races begin together and end with what came of each, or with the error that one of them met."""

import threading

import pytest
from sqlalchemy import text

from microblog.core.refusals import Conflict
from microblog.framework.database import Database
from microblog.framework.languages import Message

from .together import in_transactions, together


def test_all_are_under_way_at_once_and_their_results_keep_their_order():
    meeting = threading.Barrier(8)
    assert together([lambda number=number: (meeting.wait(5), number)[1] for number in range(8)]) == list(range(8))


def test_what_one_raises_is_raised():
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        together([str, fail, str])


def test_transactions_are_open_before_the_first_begins_and_refusals_are_results(database_url):
    database = Database(database_url, connections=3)

    def refuse(_db):
        raise Conflict(Message("No."))

    def connected(db):
        mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'a race'"
        return db.scalar(text(mine))

    database.name = "a race"
    results = in_transactions(database, [connected, refuse, lambda db: db.scalar(text("SELECT 7"))])
    assert results[0] == 3
    assert isinstance(results[1], Conflict)
    assert results[2] == 7
    with pytest.raises(AssertionError, match="would wait"):
        in_transactions(database, [connected] * 4)
    database.close()


def test_one_that_cannot_get_ready_does_not_keep_the_others_waiting():
    database = Database("postgresql://nobody@127.0.0.1:9/nothing", connections=2)
    with pytest.raises(Exception, match="Connection refused"):
        in_transactions(database, [str, str])


def test_a_collision_is_tried_again_as_often_as_the_doors_would(database_url):
    database, tried = Database(database_url, connections=1), []

    def collide(db):
        tried.append(1)
        if len(tried) < 3:
            db.execute(text("DO $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '40P01'; END $$"))
        return "done"

    with pytest.raises(Exception, match="trouble"):
        in_transactions(database, [collide])
    assert in_transactions(database, [collide], tries=3) == ["done"]
    database.close()
