"""profile: where the time of one kind of page goes, down to the statement and the function."""

import argparse

from . import Failure, say

DESCRIPTION = """Answers requests for one kind of page in this process, on the town of the load test, which is planted if need be.
Prints processor time beside the least that builds the same page, each statement with Postgres' own account of it, the template's
share, and the functions that take the most time themselves."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("page", help="such as home, public, profile, post, signals, search, json, followers, of_1000")
    parser.add_argument("--requests", type=int, default=1_600, metavar="N", help="how many are timed (default 1600)")
    parser.add_argument("--people", type=int, default=2_000, metavar="N", help="people of the town (default 2000)")
    parser.add_argument("--posts", type=int, default=200_000, metavar="N", help="what they have said (default 200000)")


def execute(options: argparse.Namespace) -> None:
    from ..bench import BenchError, ground, plan, profile
    from ..config import ROOT
    from . import translate
    from .bench import Teller

    if options.page not in profile.PAGES:
        raise Failure(f"There is no page {options.page}: choose one of {', '.join(profile.PAGES)}.")
    if not 8 <= options.requests <= 1_000_000:
        raise Failure("--requests can be from 8 to 1,000,000.")
    teller, folder = Teller(), ROOT / "var" / "bench"
    try:
        wanted = plan.check(
            plan.Plan(grid=plan.points("1x1"), pages_at=None, people=options.people, posts=options.posts, connections=1)
        )
        translate.compile_stale()
        with ground.alone(folder), ground.prepared(wanted, folder, teller.say, lambda *_: None) as town, town.copy() as url:
            say(profile.text(profile.profile(options.page, town, url, requests=options.requests)))
    except BenchError as error:
        raise Failure(str(error)) from error
