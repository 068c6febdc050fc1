"""The children of `run`: watched, started anew where that is meant, and stopped together."""

import os
import signal
import sys
import time

import pytest

from microblog.commands import processes
from microblog.commands.processes import Children

SLEEP = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


@pytest.fixture
def children(monkeypatch):
    """Children that are gone at the end; the signals of this process are as before."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(processes, "PAUSE", 0.0)
    monkeypatch.setattr(processes, "PATIENCE", 20.0)
    made = Children()
    yield made
    for child in made.children:
        child.process.kill()
        child.process.wait()
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def start(children, tmp_path):
    """Starts a child that runs a piece of Python; its output goes to a file."""

    def begin(source: str, *, name: str = "child", **options):
        children.start(name, [sys.executable, "-c", source], environment=os.environ, output=tmp_path / "log", **options)
        return children.children[-1].process

    return begin


def wait_for(path, text: str, count: int = 1) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() or path.read_text().count(text) < count:
        assert time.monotonic() < deadline, path.read_text()
        time.sleep(0.01)


def test_a_child_writes_where_it_is_told_and_has_its_own_environment(children, tmp_path):
    source = "import os; print(os.environ['MARK'])"
    children.start("child", [sys.executable, "-c", source], environment=os.environ | {"MARK": "한글"}, output=tmp_path / "log")
    children.children[0].process.wait()
    assert (tmp_path / "log").read_text() == "한글\n"


def test_the_terminals_ctrl_c_does_not_reach_a_child(start):
    assert os.getsid(start(SLEEP).pid) != os.getsid(0)


def test_a_child_that_must_not_end_ends_all_with_its_last_words(start, children, capsys):
    start("print('out of paper'); raise SystemExit(7)", name="printer")
    assert children.watch() == 1
    said = capsys.readouterr().out
    assert "printer has ended with status 7." in said
    assert "    out of paper" in said


def test_a_child_that_may_end_is_started_anew(start, children, tmp_path, capsys):
    start("print('up', flush=True)", name="worker", restart=True)
    start(
        f"import time, pathlib\nwhile pathlib.Path({str(tmp_path / 'log')!r}).read_text().count('up') < 3: time.sleep(0.01)",
        name="uWSGI",
    )
    assert children.watch() == 1
    assert (tmp_path / "log").read_text().count("up") >= 3
    assert "worker has ended with status 0; starting it anew." in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_in_peace(start, children, number):
    start(SLEEP)
    os.kill(os.getpid(), number)
    assert children.watch() == 0
    assert children.ended()


def test_whether_one_has_ended_can_be_asked(start, children):
    start(SLEEP)
    assert not children.ended()
    start("pass").wait()
    assert children.ended()


def test_stopping_asks_every_child_to_go(start, children, tmp_path):
    ours = [start(SLEEP), start(SLEEP)]
    wait_for(tmp_path / "log", "up", 2)
    children.stop()
    assert [process.returncode for process in ours] == [-signal.SIGTERM] * 2


def test_a_child_that_does_not_go_is_ended(start, children, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.0)
    deaf = start(DEAF)
    wait_for(tmp_path / "log", "up")
    children.stop()
    assert deaf.returncode == -signal.SIGKILL


def test_stopping_what_has_ended_says_and_does_nothing(start, children, capsys):
    start("pass").wait()
    children.stop()
    children.stop()
    assert capsys.readouterr().out == ""


def test_of_a_long_log_the_last_lines_are_told_once(start, children, tmp_path):
    start("pass").wait()
    start("pass").wait()
    (tmp_path / "log").write_bytes(b"bad \xff byte\n" + b"".join(b"line %d\n" % number for number in range(20)))
    lines = children.end_of_log().splitlines()
    assert lines == [f"    line {number}" for number in range(5, 20)]
