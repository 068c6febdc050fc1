"""threads: both points in turn, and what is worked out of their rounds."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import pytest

from microblog.bench import threads
from microblog.bench.plan import Plan, Point
from microblog.bench.stand import Verdict

from .test_stand import WELL

PLAN = Plan((Point(2, 1),), None, rounds=2, connections=16)


@pytest.fixture
def asked(monkeypatch):
    """What each stand was asked, in order. Two threads are a fifth slower, and every later round is twice as fast."""
    found = []

    class Stand:
        def __init__(self, point, copy):
            self.point, self.copy, self.rounds = point, copy, Counter()

        def warm_up(self):
            found.append((self.copy, "warm up"))

        def measure(self, load, seconds, *, connections):
            found.append((str(self.point), load.name, connections))
            self.rounds[load.name, connections] += 1
            rate = 100.0 * self.rounds[load.name, connections] * (0.8 if self.point.threads == 2 else 1)
            return replace(WELL, load=load.name, rate=rate, p50=10.0, p99=30.0 if self.point.threads == 1 else 50.0)

        def verdict(self):
            return Verdict(Counter(), {}, ["Lost."] if self.point.threads == 2 else [], [])

    @contextmanager
    def stand(plan, point, ground, *, asked, copy):
        yield Stand(point, copy)

    monkeypatch.setattr(threads, "stand", stand)
    return found


def test_the_two_take_turns_on_copies_of_their_own(asked):
    threads.beside_each_other(PLAN, 2, None, lambda text: None)
    assert asked[:2] == [("run0", "warm up"), ("run1", "warm up")]
    points = [each[0] for each in asked[2:]]
    assert points == ["2x1", "2x2"] * (len(points) // 2)
    assert Counter(each[1:] for each in asked[2:]) == dict.fromkeys(
        (("home", 16), ("home", 64), ("read", 16), ("read", 64)), 2 * PLAN.rounds
    )


def test_shares_are_worked_out_round_by_round_and_tails_where_many_ask(asked):
    found = threads.beside_each_other(PLAN, 2, None, lambda text: None)
    assert found["shares"]["home by 16"] == {"middle": 0.8, "least": 0.8, "most": 0.8}
    assert {name: tail["middle"] for name, tail in found["tails"].items()} == {
        "home by 64 at 2x1": 3.0,
        "home by 64 at 2x2": 5.0,
        "read by 64 at 2x1": 3.0,
        "read by 64 at 2x2": 5.0,
    }
    assert found["violations"] == ["2x2: Lost."]
