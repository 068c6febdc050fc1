"""figures: medians, spreads, and what a request has cost."""

import pytest

from microblog.bench import figures
from microblog.bench.figures import Figure
from microblog.bench.machine import Moment, cores
from microblog.bench.wrk import Result


@pytest.fixture
def result():
    errors = {"connect": 0, "read": 0, "write": 0, "timeout": 0, "status": 2, "wrong": 0}
    return Result(
        requests=1_000,
        seconds=2.0,
        bytes=5_000_000,
        p50=1.0,
        p90=2.0,
        p99=3.0,
        max=9.0,
        errors=errors,
        failures="",
        kinds={},
        own_seconds=0.1,
    )


def moment(at: float, worker: float, busy: float, stolen: float = 0.0) -> Moment:
    return Moment(at, {"worker": worker, "nginx": worker / 10}, busy, stolen)


def test_what_programs_have_spent_is_shared_out_among_the_requests(result):
    found = figures.sample("home", result, moment(0, 5.0, 100.0), moment(2, 6.5, 102.5), own_seconds=0.05)
    assert found.rate == 500
    assert found.bytes == 5_000
    assert found.cpu == pytest.approx({"worker": 1.5, "nginx": 0.15})
    assert found.generator == pytest.approx(0.1)
    assert found.errors == {"status": 2}
    assert found.others == pytest.approx((2.5 - 1.5 - 0.15 - 0.1 - 0.05) / (2 * cores()))


def test_shares_stay_within_reason(result):
    found = figures.sample("home", result, moment(0, 5.0, 100.0), moment(2, 6.5, 100.0, stolen=99.0), own_seconds=0.05)
    assert (found.others, found.stolen) == (0.0, 1.0)


def test_the_middle_of_several_has_a_spread():
    assert figures.figure([90, 130, 100]) == Figure(100, 90, 130)
    assert figures.figure([90, 130, 100]).spread == pytest.approx(0.3)
    assert figures.figure([0, 0]).spread == 0


def test_a_summary_is_the_middle_of_all_rounds_and_the_sum_of_all_errors(result):
    samples = [figures.sample("home", result, moment(0, 0, 0), moment(2, worker, 2), 0) for worker in (1.0, 3.0, 1.5)]
    found = figures.summary(samples)
    assert found.load == "home"
    assert found.rate == Figure(500, 500, 500)
    assert found.cpu == pytest.approx({"worker": 1.5, "nginx": 0.15})
    assert found.errors == 6


def test_json_has_no_more_digits_than_they_deserve():
    assert figures.plain(Figure(1 / 3, 0, 2.0)) == {"middle": 0.3333, "least": 0, "most": 2.0}
