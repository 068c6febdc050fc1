"""counterparts: how many times as much, worked out round by round."""

import pytest

from microblog.bench import counterparts


def samples(*costs: float) -> list[dict]:
    """Rounds in which a page cost so much; nginx is not counted."""
    return [{"cpu": {"worker": each - 0.25, "postgres": 0.25, "nginx": 9.0}} for each in costs]


def test_each_round_is_compared_with_itself_so_that_noise_meets_both():
    found = counterparts.compared("deep", "first", samples(1.1, 2.2, 3.3), samples(1.0, 2.0, 3.0), 1.1)
    assert (found.cost, found.other) == (2.2, 2.0)
    assert found.times.middle == pytest.approx(1.1)
    assert found.times.spread == pytest.approx(0)


def test_more_than_allowed_is_missed():
    assert counterparts.compared("a", "b", samples(2.0), samples(1.0), 2).is_met
    missed = counterparts.compared("a", "b", samples(2.5), samples(1.0), 2)
    assert not missed.is_met
    assert counterparts.lines([missed])[1] == ["a", "2.50", "b", "1.00", "2.50", "0%", "2", "MISSED"]


def test_a_postgres_elsewhere_is_not_counted():
    assert counterparts.cost({"cpu": {"worker": 1.5}}) == 1.5


def test_of_pages_those_are_compared_whose_counterpart_was_measured():
    pages = {name: {"samples": samples(1.0)} for name in ("of 50", "of 1,000", "public, page 400")}
    assert [each.name for each in counterparts.of_pages(pages)] == ["of 1,000"]
