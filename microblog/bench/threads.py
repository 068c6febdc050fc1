"""Threads: what a second thread in each process costs, and how long the last wait where many ask at once."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from . import figures
from .ground import Ground
from .loads import PAGES, PRODUCT, READ, Load
from .plan import Plan, Point
from .stand import stand

MANY = 64  # connections
MOST_COST = 0.15  # of the throughput of one thread
MOST_TIMES = 4  # as long as half wait, 99 of 100 may
LOADS = (PAGES[0], Load("read", PRODUCT, READ, "what people look at, as often as they do"))

Progress = Callable[[str], None]


def beside_each_other(plan: Plan, processes: int, ground: Ground, progress: Progress) -> dict[str, Any]:
    """One thread a process and two, in rounds in which they take turns, by as many connections as usual and by MANY."""
    points = [Point(processes, 1), Point(processes, 2)]
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    wrong = []
    with ExitStack() as stack:
        stands = []
        for number, point in enumerate(points):
            progress(f"threads: starting {point}")
            made = stack.enter_context(stand(plan, point, ground, asked=LOADS, copy=f"run{number}"))
            made.warm_up()
            stands.append(made)
        for number in range(1, plan.rounds + 1):
            for load in LOADS:
                for connections in (plan.connections, MANY):
                    for made in stands:
                        progress(f"threads: round {number} of {plan.rounds}, {load.name} at {made.point} by {connections}")
                        sample = figures.plain(made.measure(load, plan.seconds, connections=connections))
                        found.setdefault(f"{load.name} by {connections}", {}).setdefault(str(made.point), []).append(sample)
        for made in stands:
            wrong += [f"{made.point}: {each}" for each in made.verdict().violations]
    return {
        "connections": [plan.connections, MANY],
        "points": [str(point) for point in points],
        "shares": {name: _share(*by_point.values()) for name, by_point in found.items()},
        "tails": {
            f"{name} at {point}": figures.plain(figures.figure([each["p99"] / each["p50"] for each in samples]))
            for name, by_point in found.items()
            if name.endswith(f" by {MANY}")
            for point, samples in by_point.items()
        },
        "samples": found,
        "violations": wrong,
    }


def _share(ones: Sequence[dict[str, Any]], twos: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Throughput with two threads as a share of that with one, round by round."""
    shares = [two["rate"] / one["rate"] for one, two in zip(ones, twos, strict=True)]
    found: dict[str, float] = figures.plain(figures.figure(shares))
    return found
