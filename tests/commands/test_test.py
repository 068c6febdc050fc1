"""test: everything it is told goes to pytest, and by default all tests are run, in several lanes."""

import sys

import pytest

from microblog import config


@pytest.fixture(autouse=True)
def given(monkeypatch) -> list[list[str]]:
    """What pytest was given; its answer is 3."""
    words: list[list[str]] = []
    monkeypatch.setattr("pytest.main", lambda found: words.append(found) or 3)
    monkeypatch.setattr("microblog.commands.translate.compile_stale", lambda: None)
    monkeypatch.setattr(sys, "path", sys.path[:])
    return words


@pytest.mark.row("MT-08.8")
def test_the_whole_suite_is_one_command(command, given, entered):
    assert command("test").status == 3
    assert given == [["--rootdir", str(config.ROOT), "--numprocesses=3", str(config.ROOT / "tests")]]
    assert entered == ["test"]


@pytest.mark.parametrize("words", [["-x"], ["-v", "--durations=9"], ["-q", "--maxfail=3", "--tb=short"]])
def test_words_that_choose_nothing_leave_it_at_several_lanes(command, given, words):
    command("test", *words)
    assert given == [["--rootdir", str(config.ROOT), "--numprocesses=3", *words]]


@pytest.mark.parametrize(
    "words", [["-k", "timeline", "-x"], ["--version"], ["tests/test_urls.py"], ["-x", "--help"], ["--rows"], ["-n", "4"]]
)
def test_further_words_are_for_pytest(command, given, words):
    command("test", *words)
    assert given == [["--rootdir", str(config.ROOT), *words]]


def test_its_own_help_is_ours(command, given):
    assert "python -m microblog test" in command("test", "--help").out
    assert given == []
