"""long_report: what was aimed at and what came of it, each with its bound."""

import json

from microblog.bench import long_report

from .conftest import long_sample


def test_every_target_of_the_issue_has_its_line():
    found = {target.words: target for target in long_report.targets(long_sample())}
    assert found["home: ten times the posts"].is_met
    assert round(found["home: ten times the posts"].found, 2) == 1.1
    assert (found["rare words: how long half wait"].found, found["rare words: how long half wait"].at_most) == (2.0, 3)
    assert not found["common words: how long half wait"].is_met
    assert found["a worker after 10,000 requests"].found == 54.0, "the one that has most"
    assert found["what it grows by in 10,000 more"].found == 45.0
    assert not found["the worker of jobs after 6,000"].is_met
    assert found["from the second `run` to ready"].is_met
    assert found["from a fork to a worker's first answer"].is_met
    assert round(found["what a second thread costs, home by 16"].found) == 10
    assert "what a second thread costs, home by 64" not in found
    assert found["p99, home by 64 at 2x1"].is_met
    assert not found["p99, home by 64 at 2x2"].is_met


def test_what_is_missed_is_told_beside_its_bound():
    lines = [line.split() for line in long_report.text(long_sample()).splitlines()]
    assert ["the", "worker", "of", "jobs", "after", "6,000", "47.00", "45", "MB", "MISSED"] in lines
    assert ["from", "the", "second", "`run`", "to", "ready", "2.00", "3", "s"] in lines


def test_growth_and_how_far_searches_look_are_told_of_both_towns():
    text = long_report.text(long_sample())
    assert "with 2,000,000 posts and with 200,000" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["posts", "looked", "at", "100", "900", "100", "1,800", "often"] in lines
    assert "None read the table from end to end." in text
    spoiled = long_sample()
    spoiled["growth"]["searches"]["large"]["reads_all"] = ["often", "seldom"]
    assert "The table was read from end to end for: often, seldom." in long_report.text(spoiled)


def test_what_is_not_exact_is_told():
    assert "Exact: " in long_report.text(long_sample())
    text = long_report.text(long_sample(violations=["Lost: a post."]))
    assert "NOT EXACT:\nmemory: Lost: a post." in text
    assert "Exact: " not in text


def test_two_files_are_written(tmp_path):
    long_report.write(tmp_path / "made", long_sample())
    assert json.loads((tmp_path / "made" / "long.json").read_text("utf-8")) == long_sample()
    assert (tmp_path / "made" / "long.txt").read_text("utf-8") == long_report.text(long_sample())
