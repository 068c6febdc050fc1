"""Starts: from `run` to a site that answers, on a machine where it has run before; and from a fork to a worker that answers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..config import ROOT
from . import BenchError, figures, machine, sites
from .ground import Ground
from .loads import PRODUCT, Load
from .plan import Plan, Point
from .stand import stand

TIMES = 5
SETTLED = 1.5  # seconds: a worker that is told to end while it begins takes its time
READY_WITHIN = 60.0  # seconds; the first start makes a Postgres and a demo town
AT_MOST, AT_MOST_OF_FORK = 3.0, 0.7  # seconds
FOLDERS = ("microblog", "templates", "static")  # that a checkout needs in order to run, besides the files that lie at its top

Progress = Callable[[str], None]


def started(plan: Plan, ground: Ground, progress: Progress) -> dict[str, Any]:
    """Both, some times."""
    progress("starts: the first of a fresh checkout")
    runs = _runs(progress)
    progress("starts: workers")
    answered, shown = _forks(plan, ground)
    found = {"run": runs[1:], "fork": answered, "page": shown}
    return {"first": round(runs[0], 2), **{name: _plain(seconds) for name, seconds in found.items()}}


def _plain(seconds: list[float]) -> dict[str, float]:
    found: dict[str, float] = figures.plain(figures.figure(seconds))
    return found


def _runs(progress: Progress) -> list[float]:
    """Seconds from `run` to ready in a copy of this checkout, with a Postgres of its own; the first is the first of all."""
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))
    folder.chmod(0o755)  # for the account that Postgres runs under
    try:
        _check_out(folder)
        found = []
        for number in range(TIMES + 1):
            progress(f"starts: run {number} of {TIMES}")
            found.append(_run(folder))
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_out(folder: Path) -> None:
    """Copy the program, and nothing of what it keeps here."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".env":  # whose settings are those of another place
            shutil.copy(path, folder)


def _run(folder: Path) -> float:
    """One start and stop of `run`."""
    port = sites.free_port()
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PORT": str(port), "PYTHONPATH": str(folder)}
    began = time.monotonic()
    with (folder / "run.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "microblog", "run"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while sites.status(f"http://127.0.0.1:{port}/readyz") != 200:
            if process.poll() is not None or time.monotonic() > began + READY_WITHIN:
                raise BenchError(f"`run` did not get ready.\n{(folder / 'run.log').read_text(errors='replace')[-2_000:]}")
            time.sleep(0.01)
        ready = time.monotonic() - began
        time.sleep(SETTLED)
        return ready
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(sites.STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _forks(plan: Plan, ground: Ground) -> tuple[list[float], list[float]]:
    """Seconds from the fork of a worker to its first answer, and to the first home page after that. There is one worker, so that
    nobody else can answer; it is killed, and the next one begins at once."""
    answered, shown = [], []
    with stand(plan, Point(1, 1), ground, asked=[Load("home", PRODUCT, {"home": 1})]) as made:
        site = made.sites[PRODUCT]
        for person in made.people[:TIMES]:
            (old,) = site.workers()
            os.kill(old, signal.SIGKILL)
            _ask(site.url + "/readyz")
            at = time.clock_gettime(time.CLOCK_BOOTTIME)
            _ask(f"{site.url}/", Cookie=person.cookie)
            later = time.clock_gettime(time.CLOCK_BOOTTIME)
            (pid,) = site.workers()
            began = machine.began(pid)
            answered.append(at - began)
            shown.append(later - began)
    return answered, shown


def _ask(url: str, **headers: str) -> None:
    """Ask until there is an answer that is good."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            if sites.ask(url, **headers).status == 200:
                return
        except OSError:
            time.sleep(0.002)
    raise BenchError(f"{url} did not answer again after its worker was killed.")
