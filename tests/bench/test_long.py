"""long: its parts in their order, on one town and then on two, and what it cannot do."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from microblog.bench import BenchError, course, growth, memory, plan, starts, threads
from microblog.bench import ground as grounds
from microblog.bench.ground import Ground
from microblog.bench.long import LongCourse
from microblog.bench.plan import Plan, Point
from microblog.bench.town import Town

PLAN = Plan(plan.points("2x1"), Point(2, 1), people=30, posts=500)


class Teller:
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def done(monkeypatch, wrk, nginx):
    """What was measured, on how many posts, in order; the measures themselves are tested apart."""
    found = []

    @contextmanager
    def prepared(plan, folder, say, progress):
        found.append(("prepared", plan.posts))
        yield Ground("", Town(plan.people, plan.posts, datetime.now(UTC)), 1.0, True, "18.4", None, True)

    def measured(name, on):
        def measure(*arguments):
            found.append((name, on(arguments)))
            return {"violations": []}

        return measure

    monkeypatch.setattr(grounds, "prepared", prepared)
    monkeypatch.setattr(course, "LOOKED_FIRST", 0.01)
    monkeypatch.setattr(starts, "started", measured("starts", lambda given: given[1].town.posts))
    monkeypatch.setattr(threads, "beside_each_other", measured("threads", lambda given: (given[1], given[2].town.posts)))
    monkeypatch.setattr(memory, "held", measured("memory", lambda given: (str(given[1]), given[2].town.posts)))
    monkeypatch.setattr(growth, "grown", measured("growth", lambda given: [each.town.posts for each in given[2].values()]))
    return found


def test_parts_come_one_after_the_other_and_the_large_town_last(done, tmp_path):
    teller = Teller()
    found = LongCourse(plan.check(PLAN), teller).run(tmp_path)
    assert done == [
        ("prepared", 500),
        ("starts", 500),
        ("threads", (2, 500)),
        ("memory", ("2x1", 500)),
        ("prepared", 5_000),
        ("growth", [500, 5_000]),
    ]
    assert {"starts", "threads", "memory", "growth", "machine", "plan", "town"} <= found.keys()
    assert found["town"] == {"people": 30, "posts": 500, "seconds": 1.0, "is_new": True}
    assert any(text.startswith("growth: measured in ") for text in teller.said)


def test_where_no_pages_were_asked_for_it_is_the_last_point(done, tmp_path):
    asked = Plan(plan.points("1x1,3x2"), None, people=30, posts=500)
    assert LongCourse(asked, Teller()).run(tmp_path)["point"] == "3x2"


def test_one_database_is_too_few(tmp_path):
    with pytest.raises(BenchError, match="needs two towns"):
        LongCourse(Plan(PLAN.grid, None, database_url="postgresql:///x"), Teller()).run(tmp_path)
