"""course: a whole run, small and short, with real uWSGI, nginx, wrk and Postgres."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from microblog.bench import course, firstlook, loads, machine, plan, report, stand
from microblog.bench.course import Course
from microblog.bench.plan import Plan, Point
from microblog.config import ROOT

SOME_PAGES = ("home", "home limit", "file", "vote")


class Listener:
    """Hears what a run tells."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.heard: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, text: str) -> None:
        self.heard.append(text)


@pytest.fixture(scope="module")
def run(wrk, nginx, new_database, tmp_path_factory):
    """A run at 1x1 of a second a load: the report, and what was told."""
    listener = Listener()
    asked = Plan(
        (Point(1, 1),),
        Point(1, 1),
        people=30,
        posts=500,
        rounds=1,
        seconds=1,
        connections=4,
        database_url=new_database(migrated=False),
    )
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(loads, "PAGES", tuple(load for load in loads.PAGES if load.name in SOME_PAGES))
        changed.setattr(stand, "WARM_UP", 1)
        changed.setattr(firstlook, "WINDOWS", firstlook.WINDOWS[1:])
        changed.setattr(course, "LOOKED_FIRST", 0.1)
        return Course(plan.check(asked), listener).run(tmp_path_factory.mktemp("bench")), listener


def test_everything_was_measured_and_nothing_failed(run):
    found, _ = run
    (point,) = found["points"]
    assert point["violations"] == []
    assert list(point["loads"]) == ["bare", "limit", "home", "read", "mixed", "write"]
    assert list(point["pages"]) == list(SOME_PAGES)
    for name, load in (point["loads"] | point["pages"]).items():
        summary, (sample,) = load["summary"], load["samples"]
        assert summary["errors"] == 0, name
        assert summary["rate"]["middle"] > 5, name
        assert 0 < summary["p50"]["middle"] <= summary["p99"]["middle"]
        assert sample["cpu"].keys() == {"worker", "nginx", "postgres"}
        assert 0 <= sample["others"] <= 1


def test_what_costs_more_is_seen_to_cost_more(run):
    (point,) = run[0]["points"]
    cpu = {name: load["summary"]["cpu"] for name, load in point["loads"].items()}
    assert cpu["bare"]["worker"] < cpu["limit"]["worker"] < cpu["home"]["worker"]
    assert cpu["bare"]["postgres"] < cpu["limit"]["postgres"]
    home, limit = (point["pages"][name]["summary"]["bytes"] for name in ("home", "home limit"))
    assert home == pytest.approx(limit, rel=0.05)


@pytest.mark.usefixtures("chromium")
def test_a_browser_has_looked_at_pages_of_whoever_is_logged_in(run):
    looks = {each["page"]: each["first"] for each in run[0]["first_look"]["looks"]}
    assert list(looks) == list(firstlook.PAGES)
    assert all(0 < look["bytes"] <= firstlook.MOST_BYTES for look in looks.values())
    strangers = looks.pop("sign in")["largest"]
    assert strangers not in {look["largest"] for look in looks.values()}, "nobody was logged in"
    told = report.text(run[0])
    assert "A first look in a browser\n\n" in told
    assert "desktop  sign in  " in told


def test_writes_were_acknowledged_and_checked(run):
    (point,) = run[0]["points"]
    assert point["acknowledged"]["post"] > 0
    assert point["acknowledged"]["vote"] > 0
    assert point["acknowledged"]["follow"] > 0
    assert point["loads"]["write"]["samples"][0]["kinds"].keys() <= loads.WRITE.keys()


def test_each_worker_has_its_memory(run):
    (point,) = run[0]["points"]
    (product,), (yardsticks,) = point["memory"]["product"], point["memory"]["yardsticks"]
    assert 1 < yardsticks < product < 500


def test_the_report_says_under_what_it_was_measured(run):
    found, _ = run
    assert found["plan"]["grid"] == ["1x1"]
    assert found["plan"]["database_url"] == "given", "an address may hold a password"
    assert found["town"]["people"] == 30
    assert found["machine"]["cores"] == machine.cores()
    assert found["machine"]["load_before"] >= 0


def test_the_report_of_it_can_be_written(run, tmp_path):
    report.write(tmp_path / "made", run[0])
    assert {path.name for path in (tmp_path / "made").iterdir()} == {"report.txt", "report.json", "report.html"}
    assert "Exact: " in (tmp_path / "made" / "report.txt").read_text("utf-8")


def test_somebody_at_the_terminal_knows_how_things_stand(run):
    _, listener = run
    assert listener.said[-1].startswith("1x1: bare ")
    assert listener.said[-1].endswith("writes acknowledged, each there once")
    assert any(text.endswith("1x1: round 1 of 1, write") for text in listener.heard)


def test_nothing_of_it_is_left(run):
    assert cut_files() <= WERE_THERE


def cut_files() -> set[Path]:
    """What a run leaves in its folders until it ends."""
    return set(Path("/tmp").glob("mb-*/cuts.json"))


WERE_THERE = cut_files()  # of others, who may have been killed


INTERRUPTED = """
import sys
from pathlib import Path
from microblog.bench import course, stand
from microblog.bench.course import Course
from microblog.bench.plan import Plan, Point

course.LOOKED_FIRST, stand.WARM_UP = 0.1, 1

class Teller:
    def say(self, text): print(text, flush=True)
    progress = say

plan = Plan((Point(1, 1),), None, people=30, posts=500, rounds=9, seconds=9, connections=4, database_url=sys.argv[1])
if __name__ == "__main__":
    Course(plan, Teller()).run(Path(sys.argv[2]))
"""


def test_ctrl_c_stops_all_that_was_started(wrk, nginx, new_database, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(INTERRUPTED)
    words = [sys.executable, str(script), new_database(migrated=False), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout:
            if "round 1 of 9, bare" in line:
                break
        time.sleep(0.5)
        family = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert process.returncode == -signal.SIGINT
    deadline = time.monotonic() + 5
    while alive := family & machine.processes().keys():
        assert time.monotonic() < deadline, f"{[machine.processes().get(pid) for pid in alive]} are still there"
        time.sleep(0.05)


def descendants(pid: int) -> set[int]:
    found, new = set(), {pid}
    while new:
        found |= new
        new = {number for number, process in machine.processes().items() if process.parent in found} - found
    return found
