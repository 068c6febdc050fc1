"""Meters: all processes' counts are one, and a process that takes the place of another counts on."""

import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from microblog.framework.meters import ROOM, tidy

COUNTING = """
import sys
from pathlib import Path
from microblog.framework.meters import Meters
meters = Meters(Path(sys.argv[1]), int(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    meters.note("web.home.index", "web", "GET", 200, (0.02, 0.01, 2))
meters.note_retry("OperationalError")
"""
ASKING = """
import sys
from pathlib import Path
from prometheus_client.core import GaugeMetricFamily
from microblog.framework.meters import Meters
sys.stdout.buffer.write(Meters(Path(sys.argv[1]), 9).exposition([GaugeMetricFamily("microblog_workers", "Who works.", 3)]))
"""


def count(folder: Path, number: int, times: int) -> None:
    """What one process does; the library keeps one kind of value in a process, so each is a process of its own."""
    subprocess.run([sys.executable, "-c", COUNTING, str(folder), str(number), str(times)], check=True)


def exposed(folder: Path) -> dict[str, float]:
    said = subprocess.run([sys.executable, "-c", ASKING, str(folder)], check=True, capture_output=True, text=True).stdout
    samples = [sample for family in text_string_to_metric_families(said) for sample in family.samples]
    return {f"{sample.name}{sorted(sample.labels.values())}": sample.value for sample in samples}


def test_all_processes_are_added_up_and_a_successor_counts_on(tmp_path):
    for number, times in ((1, 3), (2, 4), (1, 5)):
        count(tmp_path / "metrics", number, times)
    found = exposed(tmp_path / "metrics")
    assert found["microblog_requests_total['200', 'GET', 'web.home.index']"] == 12
    assert found["microblog_statements_total['web']"] == 24
    assert round(found["microblog_database_seconds_total['web']"], 6) == 0.12
    assert found["microblog_request_seconds_count['web']"] == 12
    assert found["microblog_request_seconds_bucket['0.025', 'web']"] == 12
    assert found["microblog_retries_total['OperationalError']"] == 3
    assert found["microblog_workers[]"] == 3
    assert found["microblog_requests_in_hand[]"] == 0
    files = {path.name: path.stat().st_blocks * 512 for path in (tmp_path / "metrics").iterdir()}
    assert files.keys() == {f"{kind}_{number}.db" for kind in ("counter", "histogram", "gauge_sum") for number in (1, 2, 9)}
    assert min(files.values()) >= ROOM, "On a full disk, writing where no room was taken would kill the process."


def test_figures_that_are_given_need_no_folder_before(tmp_path):
    assert exposed(tmp_path / "not" / "there") == {"microblog_workers[]": 3, "microblog_requests_in_hand[]": 0}


def test_whoever_takes_the_place_of_one_that_was_killed_has_nothing_in_hand(tmp_path):
    for number in (1, 2):
        killed = COUNTING + "meters.take(); meters.take(); import os; os._exit(9)"
        subprocess.run([sys.executable, "-c", killed, str(tmp_path), str(number), "1"], check=False)
    assert exposed(tmp_path)["microblog_requests_in_hand[]"] == 4
    count(tmp_path, 1, 1)
    assert exposed(tmp_path)["microblog_requests_in_hand[]"] == 2


def test_what_servers_have_left_that_live_no_more_is_cleared_away(tmp_path):
    for name in ("1-living", "2-dead"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "counter_1.db").touch()
    (tmp_path / "counter_1.db").touch()
    tidy(tmp_path, lambda name: name.endswith("living"))
    assert [path.name for path in tmp_path.iterdir()] == ["1-living"]
    tidy(tmp_path / "nothing", lambda name: False)
