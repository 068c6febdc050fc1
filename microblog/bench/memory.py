"""Memory: what each worker has after 10,000 requests, how much it grows over 100,000, and what the worker of jobs has."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import median
from typing import Any

from ..config import ROOT
from . import BenchError, machine
from .ground import Ground
from .loads import LASTING, PRODUCT
from .plan import Plan, Point
from .stand import Stand, stand

WARMED = 10_000  # requests a worker
FILLED = 3  # times as many: by then its caches are full, and it should grow no more
MOST = 130_000
TURN = 5  # seconds between two looks
DONE_WITHIN = 300.0  # seconds
LETTERS = 2_000
AT_MOST, AT_MOST_OF_JOBS = 60.0, 45.0  # megabytes
AT_MOST_MORE = 100.0  # kilobytes for 10,000 requests: less is a cache that fills, or chance
# For ever the same process: one that ends after so many requests would hide what it has gathered.
FOR_EVER = ("--max-requests", "0")

# Each poll is closed, its voters are told, and some people get letters, which go nowhere: there is no mail server.
PROMISED = """
    INSERT INTO jobs (name, arguments)
        SELECT 'jobs.polls.close', jsonb_build_object('poll_id', id) FROM polls WHERE post_id IS NOT NULL UNION ALL
        SELECT 'jobs.polls.tell', jsonb_build_object('poll_id', id) FROM polls WHERE post_id IS NOT NULL UNION ALL
        (SELECT 'jobs.resets.send', jsonb_build_object('email', email, 'language', 'en') FROM credentials LIMIT %s)
"""

Progress = Callable[[str], None]
Look = tuple[int, float, float]  # how many requests a process has answered, its megabytes, and those that no file has


def held(
    plan: Plan, point: Point, ground: Ground, progress: Progress, *, warmed: int = WARMED, most: int = MOST
) -> dict[str, Any]:
    """Look at the workers while they read and write, until each has answered `most` requests; then at the worker of jobs."""
    with stand(plan, point, ground, asked=[LASTING], words=FOR_EVER) as made:
        looks = _watch(made, most, progress)
        progress("memory: the worker of jobs")
        jobs = _of_jobs(made)
        verdict = made.verdict()
    return {
        "warmed": warmed,
        "workers": [_of_worker(each, warmed) for each in looks.values()],
        "looks": {str(pid): each for pid, each in looks.items()},
        "jobs": jobs,
        "violations": verdict.violations,
        "acknowledged": dict(verdict.acknowledged),
    }


def _watch(made: Stand, most: int, progress: Progress) -> dict[int, list[Look]]:
    looks: dict[int, list[Look]] = {}
    site = made.sites[PRODUCT]
    while True:
        for pid, requests in site.workers().items():
            looks.setdefault(pid, []).append((requests, round(machine.memory(pid), 3), round(machine.gathered(pid), 3)))
        least = min(each[-1][0] for each in looks.values())
        if least >= most:
            return looks
        if len(looks) > made.point.processes:
            raise BenchError(f"A worker has ended while its memory was looked at.\n{site.end_of_logs()}")
        progress(f"memory: {least:,} of {most:,} requests")
        made.measure(LASTING, TURN)


def _of_worker(looks: Sequence[Look], warmed: int) -> dict[str, float]:
    """Megabytes when warm and in the end, and kilobytes a further 10,000 requests: how steep a line
    through what it has gathered is since its caches are full."""
    since = [look for look in looks if look[0] >= warmed]
    full = [(look[0], look[2]) for look in since if look[0] >= warmed * FILLED]
    slope = _steepness(full)
    return {
        "begun": looks[0][1],
        "warm": since[0][1],
        "ended": looks[-1][1],
        "requests": looks[-1][0],
        "slope": round(slope * 10_000 * 1024, 1),
    }


def _steepness(points: Sequence[tuple[int, float]]) -> float:
    """The middle of how steep it is between any two points (Theil and Sen): what is taken and given back counts for little."""
    found = [(late[1] - early[1]) / (late[0] - early[0]) for early, late in combinations(points, 2) if late[0] > early[0]]
    return median(found) if found else 0.0


def _of_jobs(made: Stand) -> dict[str, float]:
    """Let a worker do some thousand jobs; gives its megabytes before and after them, and how many there were."""
    made.cursor.execute("SELECT count(*) FROM jobs WHERE status IN ('done', 'failed')")
    (before,) = made.cursor.fetchone()
    environment = {**made.sites[PRODUCT].settings, "PATH": os.environ.get("PATH", os.defpath)}
    with subprocess.Popen(
        [sys.executable, "-m", "microblog", "worker"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as worker:
        try:
            _until_idle(made, worker)
            begun = machine.memory(worker.pid)
            made.cursor.execute(PROMISED, [LETTERS])
            _until_idle(made, worker)
            ended = machine.memory(worker.pid)
        finally:
            worker.terminate()
    made.cursor.execute("SELECT count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'failed') FROM jobs")
    done, failed = made.cursor.fetchone()
    return {"begun": round(begun, 2), "ended": round(ended, 2), "done": done + failed - before, "failed": failed}


def _until_idle(made: Stand, worker: subprocess.Popen[bytes]) -> None:
    """Wait until no job is due and the worker has done at least what comes by itself."""
    deadline = time.monotonic() + DONE_WITHIN
    while time.monotonic() < deadline and worker.poll() is None:
        made.cursor.execute(
            "SELECT count(*) FILTER (WHERE status IN ('waiting', 'running') AND run_at <= now() + interval '1 minute'),"
            " count(*) FILTER (WHERE status = 'done') FROM jobs"
        )
        left, done = made.cursor.fetchone()
        if done and not left:
            return
        time.sleep(0.2)
    raise BenchError("The worker of jobs did not do what was promised.")
