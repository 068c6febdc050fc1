"""Growth: the same pages in a town and in one that has ten times as many posts, in rounds in which the two take turns."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from . import figures, plans
from .figures import Sample
from .ground import Ground
from .loads import GROWTH
from .plan import Plan, Point
from .stand import Stand, Verdict, stand

TIMES = 10
AT_MOST = 1.25  # times as much processor time a page
SEARCH_AT_MOST = 3  # times as long as the home timeline takes

Progress = Callable[[str], None]
Samples = dict[str, list[Sample]]


def larger(plan: Plan) -> Plan:
    """The plan for the larger town."""
    return replace(plan, posts=plan.posts * TIMES)


def grown(plan: Plan, point: Point, grounds: Mapping[str, Ground], progress: Progress) -> dict[str, Any]:
    """Measure both towns, which are named `small` and `large`; gives the part of the report."""
    with ExitStack() as stack:
        stands: dict[str, Stand] = {}
        for name, ground in grounds.items():
            progress(f"growth: starting in the {name} town")
            stands[name] = stack.enter_context(stand(plan, point, ground, asked=GROWTH))
            stands[name].settle(GROWTH)
        samples: dict[str, Samples] = {name: {load.name: [] for load in GROWTH} for name in grounds}
        for number in range(1, plan.rounds + 1):
            for load in GROWTH:
                for name, made in stands.items():
                    progress(f"growth: round {number} of {plan.rounds}, {load.name} in the {name} town")
                    samples[name][load.name].append(made.measure(load, plan.seconds))
        verdicts = {name: made.verdict() for name, made in stands.items()}
    reaches = {}
    for name, ground in grounds.items():
        progress(f"growth: looking at searches in the {name} town")
        with ground.copy() as url:
            reaches[name] = plans.searched(ground, url)
    return {
        "towns": {name: {"posts": ground.town.posts, "seconds": ground.seconds} for name, ground in grounds.items()},
        "pages": {name: _plain(found) for name, found in samples.items()},
        "searches": reaches,
        "violations": [f"{name} town: {each}" for name, found in verdicts.items() for each in _wrong(found)],
    }


def _plain(samples: Samples) -> dict[str, Any]:
    return {
        name: {"summary": figures.plain(figures.summary(each)), "samples": [figures.plain(one) for one in each]}
        for name, each in samples.items()
    }


def _wrong(verdict: Verdict) -> list[str]:
    return verdict.violations
