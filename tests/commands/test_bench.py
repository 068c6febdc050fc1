"""bench: what can be asked for, what is refused, and what is said in the end; that it measures is shown in tests/bench."""

import json
import os
import signal
import subprocess
import sys

import pytest

from microblog.bench import BenchError, course, long
from microblog.commands import bench

from ..bench.conftest import SAMPLE, long_sample


@pytest.fixture
def sample():
    return json.loads(SAMPLE.read_text("utf-8"))


@pytest.fixture
def ran(monkeypatch, tmp_path, sample):
    """Runs nothing; gives the plans it would have run by. Its folder is a fresh one."""
    plans = []

    class Course:
        def __init__(self, plan, teller) -> None:
            plans.append(plan)
            self.teller = teller

        def run(self, folder):
            self.teller.progress("1x1: round 1 of 3, home")
            self.teller.say("1x1: well")
            return sample

    monkeypatch.setattr(course, "Course", Course)
    monkeypatch.setattr("microblog.config.ROOT", tmp_path)
    monkeypatch.setattr("microblog.commands.translate.compile_stale", lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    yield plans
    signal.signal(signal.SIGTERM, before)


def test_without_words_it_measures_the_usual_grid(command, ran):
    assert command("bench").status == 0
    (plan,) = ran
    assert [str(point) for point in plan.grid] == ["1x1", "2x1", "2x4", "4x2"]
    assert (str(plan.pages_at), plan.people, plan.posts, plan.connections) == ("2x4", 2_000, 200_000, 16)
    assert (plan.with_nginx, plan.fresh, plan.database_url) == (True, False, "")


@pytest.fixture
def ran_long(monkeypatch, ran):
    """Runs nothing; gives the plans of long courses."""
    plans = []

    class LongCourse:
        def __init__(self, plan, teller) -> None:
            plans.append(plan)

        def run(self, folder):
            return long_sample()

    monkeypatch.setattr(long, "LongCourse", LongCourse)
    return plans


def test_what_takes_long_has_a_word_of_its_own(command, ran, ran_long, tmp_path):
    done = command("bench", "--long", "--grid", "2x1")
    assert (done.status, ran, len(ran_long)) == (0, [], 1)
    (folder,) = (path for path in (tmp_path / "var" / "bench").iterdir() if path.is_dir())
    assert {path.name for path in folder.iterdir()} == {"long.txt", "long.json"}
    assert (folder / "long.txt").read_text("utf-8") in done.out


def test_a_long_course_that_is_not_exact_ends_with_1_too(command, ran_long, monkeypatch):
    monkeypatch.setattr(long.LongCourse, "run", lambda *_: long_sample(violations=["Lost: a post."]))
    done = command("bench", "--long")
    assert done.status == 1
    assert "NOT EXACT:\nmemory: Lost: a post." in done.out


def test_words_say_what_else(command, ran):
    words = "--grid 1x2,3x1 --pages none --people 50 --posts 600 --rounds 1 --seconds 2 --connections 8 --no-nginx --fresh"
    assert command("bench", *words.split()).status == 0
    (plan,) = ran
    assert [str(point) for point in plan.grid] == ["1x2", "3x1"]
    assert (plan.pages_at, plan.people, plan.posts, plan.rounds, plan.seconds) == (None, 50, 600, 1, 2)
    assert (plan.connections, plan.with_nginx, plan.fresh) == (8, False, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--grid", "2"), "'2' is no point of a grid: write processes x threads, such as 2x4"),
        (("--pages", "3x3"), "Pages can be measured by themselves at one point of the grid"),
        (("--people", "3"), "--people can be from 10 to 200,000, not 3."),
        (("--seconds", "0"), "--seconds can be from 1 to 120, not 0."),
        (("--database-url", "postgresql:///x", "--fresh"), "must be empty anyhow"),
    ],
)
def test_what_cannot_be_meant_is_refused_kindly_and_nothing_is_started(command, ran, words, told):
    done = command("bench", *words)
    assert (done.status, done.out, ran) == (1, "", [])
    assert told in done.err


def test_a_figure_that_is_no_number_is_refused(command):
    done = command("bench", "--people", "many")
    assert done.status == 2
    assert "invalid int value: 'many'" in done.err


def test_the_report_is_shown_and_its_files_are_named(command, ran, tmp_path):
    done = command("bench")
    assert "1x1: well\n" in done.out
    assert "round 1 of 3" not in done.out, "only a terminal has a line that changes"
    (folder,) = (path for path in (tmp_path / "var" / "bench").iterdir() if path.is_dir())
    assert f"The page with charts is {folder / 'report.html'}" in done.out
    assert (folder / "report.txt").read_text("utf-8") in done.out


def test_what_is_not_exact_ends_with_1(command, ran, sample):
    sample["points"][0]["violations"] = ["Lost: the post r1.0.1 of person 4 was acknowledged and is not there."]
    done = command("bench")
    assert done.status == 1
    assert "NOT EXACT:\n1x1: Lost: the post r1.0.1" in done.out


def test_what_stops_it_is_told_in_words(command, ran, monkeypatch):
    def fail(*_: object) -> None:
        raise BenchError("wrk is not installed: apt install wrk")

    monkeypatch.setattr(course, "Course", fail)
    done = command("bench")
    assert (done.status, done.out, done.err) == (1, "", "wrk is not installed: apt install wrk\n")


def test_sigterm_stops_it_as_ctrl_c_does(command, ran, monkeypatch):
    class Course:
        def __init__(self, *_: object) -> None:
            """Nothing to keep."""

        def run(self, folder):
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(course, "Course", Course)
    assert command("bench").status == 130


def test_a_terminal_has_a_line_that_changes(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    teller = bench.Teller()
    teller.progress("first")
    teller.progress("second")
    teller.say("stays")
    assert capsys.readouterr().out == "\r\x1b[Kfirst\r\x1b[Ksecond\r\x1b[Kstays\n"


def test_the_makefile_has_it():
    words = ["make", "-n", "--no-print-directory", "bench", "ARGS=--rounds 1"]
    apart = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # from a make that runs this test
    shown = subprocess.run(words, env=apart, capture_output=True, text=True, check=True)
    assert shown.stdout.strip().endswith("-m microblog bench --rounds 1")
