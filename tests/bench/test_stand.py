"""stand: what is not as it should be is remembered and told; that it measures is shown by test_course."""

from dataclasses import replace
from pathlib import Path

import pytest

from microblog.bench.figures import Sample
from microblog.bench.loads import PRODUCT, READ, Load
from microblog.bench.plan import Plan, Point
from microblog.bench.stand import Stand

HOME = Load("home", PRODUCT, {"home": 1})
WELL = Sample(
    load="home",
    requests=100,
    rate=50.0,
    p50=1.0,
    p90=1.0,
    p99=1.0,
    max=1.0,
    bytes=38_000.0,
    errors={},
    failures="",
    kinds={},
    cpu={},
    generator=0.0,
    others=0.0,
    stolen=0.0,
)


@pytest.fixture
def made():
    stand = Stand(Plan((Point(1, 1),), None, rounds=2), Point(1, 1), ground=None, folder=Path("/nowhere"), cursor=None)
    stand.sizes = {(PRODUCT, kind): 6_000.0 for kind in READ} | {(PRODUCT, "home"): 37_500.0}
    stand.votes = 600
    return stand


def test_a_load_that_went_well_leaves_no_word(made):
    made._judge(HOME, WELL)
    assert (made.wrong, made.remarks) == ([], [])


def test_errors_are_told_with_what_was_answered(made):
    made._judge(HOME, replace(WELL, errors={"status": 3, "timeout": 1}, failures="home: 503 away; "))
    assert made.wrong == ["home: status: 3, timeout: 1 of 100 requests. home: 503 away;"]


def test_a_login_page_is_not_taken_for_a_fast_timeline(made):
    made._judge(HOME, replace(WELL, bytes=900.0))
    assert made.wrong == ["home: answers had 900 bytes where 37,500 were expected."]


def test_a_mixture_is_expected_to_be_as_large_as_its_parts(made):
    read = Load("read", PRODUCT, READ)
    made._judge(read, replace(WELL, bytes=0.3 * 37_500 + 0.7 * 6_000))
    assert made.wrong == []
    made._judge(read, replace(WELL, bytes=6_000.0))
    assert len(made.wrong) == 1


def test_silence_is_wrong(made):
    made._judge(HOME, replace(WELL, requests=0, bytes=0.0))
    assert "home: nothing was answered." in made.wrong


def test_something_else_that_was_measured_is_remarked(made):
    made._judge(Load("vote", PRODUCT, {"vote": 1}), replace(WELL, kinds={"vote": 5, "follow": 3}))
    assert made.remarks == ["vote: there was nobody left to do it, so follow was measured, too."]
    assert made.wrong == []


def test_no_two_runs_may_cast_the_same_votes(made):
    voting = Load("vote", PRODUCT, {"vote": 1})
    parts = [made._votes(voting) for _ in range(6)]
    assert parts[0] == {"votes_from": 0, "votes_to": 100}
    assert parts[-1] == {"votes_from": 500, "votes_to": 600}
    assert made._votes(Load("follow", PRODUCT, {"follow": 1})) == {"votes_from": 0, "votes_to": 0}
