"""Pages beside their counterparts: how many times as much processor time something costs that should cost about the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import figures
from .figures import Figure
from .loads import PAGES

COUNTED = ("worker", "postgres")  # nginx does the same for both

Samples = Sequence[Mapping[str, Any]]  # of one load, as the report has them


@dataclass(frozen=True)
class Comparison:
    """Milliseconds of a page and of the one beside it, and how many times as much: the middle of the rounds, each of which has
    its own. `at_most` is what it should not exceed."""

    name: str
    beside: str
    cost: float
    other: float
    times: Figure
    at_most: float

    @property
    def is_met(self) -> bool:
        return self.times.middle <= self.at_most


def compared(name: str, beside: str, samples: Samples, others: Samples, at_most: float) -> Comparison:
    """One load beside another that was measured in the same rounds."""
    pairs = [(cost(one), cost(other)) for one, other in zip(samples, others, strict=True)]
    return Comparison(
        name=name,
        beside=beside,
        cost=figures.figure([one for one, _ in pairs]).middle,
        other=figures.figure([other for _, other in pairs]).middle,
        times=figures.figure([one / other if other else 0.0 for one, other in pairs]),
        at_most=at_most,
    )


def cost(sample: Mapping[str, Any]) -> float:
    """Milliseconds of processor time a request that the worker and Postgres took."""
    return sum(sample["cpu"].get(program, 0.0) for program in COUNTED)


def of_pages(pages: Mapping[str, Mapping[str, Any]]) -> list[Comparison]:
    """Those pages by themselves that have a counterpart."""
    return [
        compared(load.name, load.beside, pages[load.name]["samples"], pages[load.beside]["samples"], load.at_most)
        for load in PAGES
        if load.beside and load.name in pages and load.beside in pages
    ]


def lines(found: Sequence[Comparison]) -> list[list[str]]:
    """A table's lines, the first of them its head."""
    head = ["", "ms", "beside", "ms", "times", "±", "at most", ""]
    return [head, *(_line(each) for each in found)]


def _line(each: Comparison) -> list[str]:
    times = [f"{each.times.middle:.2f}", f"{each.times.spread:.0%}", f"{each.at_most:g}"]
    return [each.name, f"{each.cost:.2f}", each.beside, f"{each.other:.2f}", *times, "" if each.is_met else "MISSED"]
