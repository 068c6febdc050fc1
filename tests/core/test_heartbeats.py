"""Heartbeats: who has said within a minute that it lives, and nobody else."""

from datetime import timedelta

from sqlalchemy import select, update

from microblog.core import heartbeats
from microblog.models import Heartbeat


def beat(db, mark: str, **changed: object) -> None:
    values = {"host": "one", "pid": 7, "age": timedelta(), "done": 0, "failed": 0} | changed
    heartbeats.beat(db, mark, **values)


def let_pass(db, mark: str, time: timedelta) -> None:
    """As if this process had been silent for so long."""
    db.execute(update(Heartbeat).where(Heartbeat.mark == mark).values(seen_at=Heartbeat.seen_at - time))


def marks(db) -> list[str]:
    return list(db.scalars(select(Heartbeat.mark).order_by(Heartbeat.mark)))


def test_nobody_lives_before_the_first_beat(db):
    assert (heartbeats.alive(db), heartbeats.listing(db)) == (0, [])


def test_a_process_that_beats_again_and_again_is_one_with_its_latest_figures(db):
    beat(db, "a", age=timedelta(minutes=5), done=1)
    let_pass(db, "a", timedelta(seconds=50))
    beat(db, "a", age=timedelta(minutes=6), done=9, failed=2)
    [one] = heartbeats.listing(db)
    assert (one.host, one.pid, one.done, one.failed) == ("one", 7, 9, 2)
    assert one.seen_at - one.started_at == timedelta(minutes=5), "It began when it said first that it had."
    assert heartbeats.alive(db) == 1


def test_two_processes_of_the_same_name_and_number_are_two(db):
    beat(db, "a", age=timedelta(minutes=1))
    beat(db, "b", age=timedelta(minutes=2), host="two")
    assert heartbeats.alive(db) == 2
    assert [row.host for row in heartbeats.listing(db)] == ["two", "one"]


def test_whoever_has_been_silent_for_a_minute_is_dead_and_lives_when_it_speaks_again(db):
    beat(db, "quick")
    beat(db, "dead")
    let_pass(db, "quick", heartbeats.SILENCE - timedelta(seconds=1))
    let_pass(db, "dead", heartbeats.SILENCE)
    assert (heartbeats.alive(db), len(heartbeats.listing(db))) == (1, 1)
    beat(db, "dead")
    assert (heartbeats.alive(db), len(heartbeats.listing(db))) == (2, 2)


def test_whoever_leaves_is_gone_at_once_and_alone(db):
    beat(db, "a")
    beat(db, "b")
    heartbeats.leave(db, "a")
    heartbeats.leave(db, "unheard of")
    assert marks(db) == ["b"]


def test_the_dead_are_forgotten_after_an_hour(db):
    for mark, silent in (("alive", timedelta()), ("dead", timedelta(minutes=59)), ("forgotten", timedelta(minutes=61))):
        beat(db, mark)
        let_pass(db, mark, silent)
    heartbeats.sweep(db)
    assert marks(db) == ["alive", "dead"]


def test_a_process_misses_several_beats_before_it_counts_as_dead():
    assert heartbeats.SILENCE >= 3 * heartbeats.EVERY
