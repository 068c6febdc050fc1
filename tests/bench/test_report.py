"""report: a table, JSON and a page, from a run that is stored beside this file."""

import copy
import json

import pytest

from microblog.bench import report
from microblog.bench.loads import LOADS, PAGES

from .conftest import SAMPLE


@pytest.fixture
def sample():
    return json.loads(SAMPLE.read_text("utf-8"))


def columns(text: str, start: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(start))
    return line.split()


def test_there_is_a_line_for_each_point_and_load(sample):
    text = report.text(sample)
    for point in sample["points"]:
        assert columns(text, f"{point['point']} ")[1] == "bare"
    lines = [line.split() for line in text.splitlines()]
    for load in LOADS:
        measured = [line for line in lines if load.name in line[:2] and len(line) > 8 and line[0] != load.name + "s"]
        assert len(measured) >= len(sample["points"]), load.name


def test_rates_spreads_and_shares_are_worked_out(sample):
    summaries = sample["points"][1]["pages"]
    summaries["home"]["summary"]["rate"] = {"middle": 450.0, "least": 400.0, "most": 600.0}
    summaries["home limit"]["summary"]["rate"] = {"middle": 1000.0, "least": 1000.0, "most": 1000.0}
    summaries["home"]["summary"]["cpu"]["worker"], summaries["home limit"]["summary"]["cpu"]["worker"] = 1.5, 0.5
    text = report.text(sample)
    line = next(line for line in text.partition("Each page by itself")[2].splitlines() if line.startswith("home "))
    assert line.split()[1:4] == ["450", "33%", "0.45"]
    assert " 3.0 " in line


def test_pages_stand_beside_those_that_they_should_cost_as_much_as(sample):
    table = report.text(sample).partition("beside another's\n\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split("  ")[0] for line in table[1:]] == ["public, page 400", "of 50, page 400", "of 1,000", "of everybody"]
    assert table[2].split()[-3:] == ["1.05", "0%", "1.1"]
    assert table[3].split()[-4:] == ["2.50", "0%", "2", "MISSED"]


def test_columns_stand_under_each_other(sample):
    table = report._grid(sample).partition("\n\n")[0].splitlines()
    ends = [line.index(word) + len(word) for line, word in ((table[0], "req/s"), (table[1], table[1].split()[2]))]
    assert ends[0] == ends[1]


def test_a_run_in_which_all_was_well_says_so(sample):
    (told,) = report.exactness(sample)
    posts = sum(point["acknowledged"]["post"] for point in sample["points"])
    assert told.startswith(f"Exact: {posts:,} posts, ")
    assert "0 unfollows" not in told


def test_a_violation_stands_where_nobody_misses_it(sample):
    sample["points"][1]["violations"] = ["Lost: the post r1.0.1 of person 4 was acknowledged and is not there."]
    assert report.exactness(sample)[0] == "NOT EXACT:"
    assert "2x4: Lost: the post r1.0.1" in report.text(sample)
    assert "Exact: " not in report.text(sample)


def test_noise_is_told_as_it_was(sample):
    quiet, loud = copy.deepcopy(sample), sample
    for found, others, most in ((quiet, 0.01, 105.0), (loud, 0.4, 180.0)):
        found["machine"]["others_before"] = others
        for point in found["points"]:
            for part in ("loads", "pages"):
                for load in point[part].values():
                    load["samples"] = [{"others": others, "stolen": 0.0}]
            point["loads"]["bare"]["summary"]["rate"] = {"middle": 100.0, "least": 98.0, "most": most}
    assert report.noise(quiet)[0].startswith("The machine was quiet. The bare callable's rounds were up to 5% off")
    assert report.noise(loud)[0].startswith("The machine was not quiet")
    assert "Other programs took 40% of the processors" in report.noise(loud)[1]


def test_a_remark_is_passed_on(sample):
    sample["points"][0]["remarks"] = ["vote: there was nobody left to do it."]
    assert "1x1: vote: there was nobody left to do it." in report.text(sample)


def test_a_run_without_nginx_and_without_postgres_on_this_machine_can_be_read(sample):
    sample["plan"]["with_nginx"] = False
    for point in sample["points"]:
        point["pages"].pop("file", None)
        for part in ("loads", "pages"):
            for load in point[part].values():
                load["summary"]["cpu"] = {"worker": 1.0}
    text = report.text(sample)
    assert "uWSGI alone" in text
    assert "–" in columns(text, "1x1 ")


def test_three_files_are_written(sample, tmp_path):
    report.write(tmp_path / "made", sample)
    assert json.loads((tmp_path / "made" / "report.json").read_text("utf-8")) == sample
    assert (tmp_path / "made" / "report.txt").read_text("utf-8") == report.text(sample)
    assert "<h1>Microblog under load</h1>" in (tmp_path / "made" / "report.html").read_text("utf-8")


def test_every_page_has_its_line(sample):
    text = report.text(sample).partition("Each page by itself")[2]
    for load in PAGES:
        assert f"\n{load.name.replace('_', ' ')} " in text
