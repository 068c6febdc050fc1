"""bench: measure what this machine can do with Microblog, across worker counts, and whether it stays exact."""

import argparse
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from . import Failure, say

if TYPE_CHECKING:
    from ..bench.plan import Plan

DESCRIPTION = """Starts real uWSGI and nginx for each point of a grid of processes x threads, on a town of invented people in a
Postgres of its own, and lets wrk read and write as people do. Beside the product it measures yardsticks: a bare callable, and the
least that builds the same pages. Whatever was acknowledged must be in the database once. Writes a table, JSON and a page with
charts to var/bench; ends with 1 if a request failed or anything is not exact. Only 127.0.0.1 is asked, and your own database and
settings are left alone. It needs wrk and nginx: apt install wrk nginx."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("--grid", metavar="POINTS", default="", help="processes x threads (default 1x1,2x1,2x4,4x2)")
    parser.add_argument(
        "--pages",
        metavar="POINT",
        default="",
        help="where each page is measured by itself: a point, or none (default 2x4, else the last)",
    )
    parser.add_argument("--people", type=int, default=2_000, metavar="N", help="people of the town (default 2000)")
    parser.add_argument("--posts", type=int, default=200_000, metavar="N", help="what they have said (default 200000)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each load has its turn (default 3)")
    parser.add_argument("--seconds", type=int, default=3, metavar="N", help="how long a turn is (default 3)")
    parser.add_argument("--connections", type=int, default=16, metavar="N", help="how many ask at once (default 16)")
    parser.add_argument("--no-nginx", action="store_true", help="ask uWSGI itself")
    parser.add_argument(
        "--database-url", default="", metavar="URL", help="an empty database, instead of a private Postgres that is kept"
    )
    parser.add_argument(
        "--long",
        action="store_true",
        help="instead: ten times the posts, memory over 100,000 requests, threads, starts (20 minutes)",
    )
    parser.add_argument("--fresh", action="store_true", help="plant the town anew, also where it is still there")


def execute(options: argparse.Namespace) -> int:
    from datetime import datetime

    from ..bench import BenchError, ground, long_report, report
    from ..bench.course import Course
    from ..bench.long import LongCourse
    from ..config import ROOT
    from . import translate

    signal.signal(signal.SIGTERM, _interrupt)
    folder = ROOT / "var" / "bench"
    teller = Teller()
    try:
        plan = _plan(options)
        translate.compile_stale()
        with ground.alone(folder):
            found = (LongCourse if options.long else Course)(plan, teller).run(folder)
    except BenchError as error:
        raise Failure(str(error)) from error
    finally:
        teller.clear()
    into = folder / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    if options.long:
        long_report.write(into, found)
        say(f"\n{long_report.text(found)}\nThe figures are in {into / 'long.json'}")
        return 1 if long_report.violations(found) else 0
    report.write(into, found)
    say(f"\n{report.text(found)}\nThe page with charts is {into / 'report.html'}")
    return 1 if any(point["violations"] for point in found["points"]) else 0


def _plan(options: argparse.Namespace) -> "Plan":
    from ..bench import plan

    grid = plan.points(options.grid or plan.DEFAULT_GRID)
    return plan.check(
        plan.Plan(
            grid=grid,
            pages_at=plan.pages_point(options.pages, grid),
            people=options.people,
            posts=options.posts,
            rounds=options.rounds,
            seconds=options.seconds,
            connections=options.connections,
            with_nginx=not options.no_nginx,
            database_url=options.database_url,
            fresh=options.fresh,
        )
    )


def _interrupt(_number: int, _frame: object) -> NoReturn:
    """As Ctrl-C: everything that was started is stopped on the way out."""
    raise KeyboardInterrupt


class Teller:
    """Lines that stay and, on a terminal, one below them that changes."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()

    def say(self, text: str) -> None:
        self.clear()
        say(text)

    def progress(self, text: str) -> None:
        if self.is_terminal:
            sys.stdout.write(f"\r\x1b[K{text}")
            sys.stdout.flush()

    def clear(self) -> None:
        self.progress("")
