"""plan: what can be asked for, and how what cannot is refused."""

import pytest

from microblog.bench import BenchError, plan
from microblog.bench.plan import Plan, Point


def test_a_grid_is_read_as_it_is_typed():
    assert plan.points("1x1, 2x4,1x1") == (Point(1, 1), Point(2, 4))
    assert [str(point) for point in plan.points(plan.DEFAULT_GRID)] == ["1x1", "2x1", "2x4", "4x2"]
    assert Point(2, 4).workers == 8


@pytest.mark.parametrize("word", ["", "2", "2x", "x2", "0x1", "1x0", "65x1", "1x65", "2×4", "٣x1", "1x1;2x1", "1x1,,2x1"])
def test_what_is_no_grid_is_refused_with_what_would_be_one(word):
    with pytest.raises(BenchError, match="write processes x threads, such as 2x4"):
        plan.points(word)


def test_a_grid_has_an_end():
    with pytest.raises(BenchError, match="16 points at most"):
        plan.points(",".join(f"{number}x1" for number in range(1, 18)))


def test_pages_are_measured_where_microblog_is_as_installed_or_at_the_last_point():
    assert plan.pages_point("", plan.points("1x1,2x4,4x2")) == Point(2, 4)
    assert plan.pages_point("", plan.points("1x1,2x1")) == Point(2, 1)
    assert plan.pages_point("1x1", plan.points("1x1,2x1")) == Point(1, 1)
    assert plan.pages_point("none", plan.points("1x1")) is None


@pytest.mark.parametrize("word", ["3x3", "1x1,2x1"])
def test_pages_are_measured_at_one_point_of_the_grid_only(word):
    with pytest.raises(BenchError, match="at one point of the grid"):
        plan.pages_point(word, plan.points("1x1,2x1"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"people": 9}, "--people can be from 10 to 200,000, not 9."),
        ({"people": 200_001, "posts": 300_000}, "--people"),
        ({"posts": 99}, "--posts can be from 100"),
        ({"rounds": 0}, "--rounds"),
        ({"seconds": 121}, "--seconds"),
        ({"connections": 257}, "--connections"),
        ({"people": 500, "posts": 400}, "at least as many posts as people"),
        ({"people": 10, "connections": 11}, "as many people as --connections"),
        ({"fresh": True, "database_url": "postgresql:///x"}, "must be empty anyhow"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, told):
    with pytest.raises(BenchError, match=told):
        plan.check(Plan(plan.points("1x1"), None, **changed))


def test_the_usual_plan_makes_sense():
    usual = Plan(plan.points(plan.DEFAULT_GRID), Point(2, 4))
    assert plan.check(usual) is usual
