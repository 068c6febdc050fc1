"""growth: two towns in turn, and what comes of both."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from microblog.bench import growth, plans
from microblog.bench.loads import GROWTH
from microblog.bench.plan import Plan, Point
from microblog.bench.stand import Verdict

from .test_stand import WELL

PLAN = Plan((Point(1, 1),), None, posts=500, rounds=2)


class Town:
    """A ground of so many posts."""

    def __init__(self, posts: int) -> None:
        self.town, self.seconds = SimpleNamespace(posts=posts), 1.0

    @contextmanager
    def copy(self):
        yield f"a copy of {self.town.posts}"


@pytest.fixture
def asked(monkeypatch):
    """What was measured where, in order."""
    found = []

    class Stand:
        def __init__(self, ground):
            self.posts = ground.town.posts

        def settle(self, asked):
            assert asked == GROWTH
            found.append((self.posts, "warm up"))

        def measure(self, load, seconds):
            found.append((self.posts, load.name))
            return replace(WELL, load=load.name, cpu={"worker": 1.0, "postgres": 1.0})

        def verdict(self):
            return Verdict(Counter(), {}, [f"Lost in {self.posts}."], [])

    @contextmanager
    def stand(plan, point, ground, *, asked):
        assert asked == GROWTH
        yield Stand(ground)

    monkeypatch.setattr(growth, "stand", stand)
    monkeypatch.setattr(plans, "searched", lambda ground, url: {"url": url})
    return found


def test_both_towns_answer_for_the_same_page_one_after_the_other(asked):
    found = growth.grown(PLAN, Point(1, 1), {"small": Town(500), "large": Town(5_000)}, lambda text: None)
    assert asked[:2] == [(500, "warm up"), (5_000, "warm up")]
    names = [load.name for load in GROWTH]
    assert asked[2:] == [(posts, name) for name in names for posts in (500, 5_000)] * PLAN.rounds
    assert found["towns"]["large"]["posts"] == 5_000
    assert len(found["pages"]["small"]["home"]["samples"]) == PLAN.rounds
    assert found["searches"] == {"small": {"url": "a copy of 500"}, "large": {"url": "a copy of 5000"}}
    assert found["violations"] == ["small town: Lost in 500.", "large town: Lost in 5000."]


def test_the_other_town_is_ten_times_as_large():
    assert growth.larger(PLAN) == replace(PLAN, posts=5_000)
