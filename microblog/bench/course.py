"""The course of a run: the ground, then each point of the grid in rounds of loads that take turns, and what comes of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from . import figures, firstlook, loads, machine, sites, wrk
from . import ground as grounds
from .figures import Sample
from .ground import Ground
from .loads import Load
from .machine import Moment
from .plan import Plan, Point
from .stand import Stand, Verdict, stand

LOOKED_FIRST = 2.0  # seconds in which nothing of ours runs, to see what else does


class Teller(Protocol):
    """Who tells the person at the terminal how things stand."""

    def say(self, text: str) -> None:
        """A line that stays."""

    def progress(self, text: str) -> None:
        """A line that the next one takes the place of."""


@dataclass
class Course:
    """A run while it goes on."""

    plan: Plan
    teller: Teller
    began: float = field(default_factory=time.monotonic)
    looked: dict[str, Any] = field(default_factory=dict)

    def run(self, folder: Path) -> dict[str, Any]:
        """Everything, on a ground in this folder; gives the report as JSON has it."""
        wrk.program()
        if self.plan.with_nginx:
            sites.nginx_program()
        started_at = datetime.now().astimezone().replace(microsecond=0)
        first = look_around()
        with grounds.prepared(self.plan, folder, self.teller.say, self._planted) as ground:
            points = [self._point(ground, point) for point in self.plan.grid]
        return {
            "started_at": started_at.isoformat(),
            "seconds": round(time.monotonic() - self.began),
            "plan": of_plan(self.plan),
            "machine": machine.description() | first | {"postgres": ground.version},
            "town": grounds.told(ground),
            "points": points,
            "first_look": self.looked,
        }

    def _planted(self, share: float) -> None:
        self._progress(f"planting, {share:.0%}")

    def _point(self, ground: Ground, point: Point) -> dict[str, Any]:
        """One point of the grid; each load again in every round, so that what the machine does meanwhile meets all alike."""
        self._progress(f"{point}: starting")
        with stand(self.plan, point, ground) as made:
            made.warm_up()
            samples = self._rounds(made, loads.LOADS)
            pages: dict[str, list[Sample]] = {}
            if point == self.plan.pages_at:
                shown = [load for load in loads.PAGES if self.plan.with_nginx or "file" not in load.kinds]
                pages = self._rounds(made, shown)
                self.looked = self._look(made)
            verdict = made.verdict()
        self.teller.say(_line(point, samples, verdict))
        return _of_point(point, samples, pages, verdict)

    def _look(self, made: Stand) -> dict[str, Any]:
        """What a browser sees of the product, by the eyes of one visitor at the profile of another."""
        somebody, other, *_ = (made.folder / "people.tsv").read_text("utf-8").splitlines()
        post, *_ = (made.folder / "posts.tsv").read_text("utf-8").split("\n")
        cookie, username = somebody.split("\t")[2], other.split("\t")[1]
        url = made.sites[loads.PRODUCT].url
        return firstlook.take(url, cookie=cookie, username=username, post=post, progress=self._progress)

    def _rounds(self, made: Stand, asked: Sequence[Load]) -> dict[str, list[Sample]]:
        samples: dict[str, list[Sample]] = {load.name: [] for load in asked}
        for number in range(1, self.plan.rounds + 1):
            for load in asked:
                self._progress(f"{made.point}: round {number} of {self.plan.rounds}, {load.name.replace('_', ' ')}")
                samples[load.name].append(made.measure(load, self.plan.seconds))
        return samples

    def _progress(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        self.teller.progress(f"{minutes:2}:{seconds:02}  {text}")


def look_around() -> dict[str, float]:
    """How busy the machine was before we began."""
    before = Moment.now({})
    time.sleep(LOOKED_FIRST)
    after = Moment.now({})
    passed = (after.at - before.at) * machine.cores()
    return {
        "load_before": round(machine.load(), 2),
        "others_before": round((after.busy - before.busy) / passed, 3),
        "stolen_before": round((after.stolen - before.stolen) / passed, 3),
    }


def of_plan(plan: Plan) -> dict[str, Any]:
    found = asdict(plan) | {"grid": [str(point) for point in plan.grid], "pages_at": plan.pages_at and str(plan.pages_at)}
    return found | {"database_url": "given" if plan.database_url else "private"}  # which may hold a password


def _of_point(
    point: Point, samples: Mapping[str, list[Sample]], pages: Mapping[str, list[Sample]], verdict: Verdict
) -> dict[str, Any]:
    def shown(part: Mapping[str, list[Sample]]) -> dict[str, Any]:
        return {
            name: {"summary": figures.plain(figures.summary(each)), "samples": [figures.plain(one) for one in each]}
            for name, each in part.items()
        }

    return {
        "point": str(point),
        "loads": shown(samples),
        "pages": shown(pages),
        "memory": {name: [round(size, 1) for size in sizes] for name, sizes in verdict.memory.items()},
        "acknowledged": dict(verdict.acknowledged),
        "violations": verdict.violations,
        "remarks": verdict.remarks,
    }


def _line(point: Point, samples: Mapping[str, list[Sample]], verdict: Verdict) -> str:
    """How a point was, in one line."""
    rates = ", ".join(f"{name} {figures.summary(each).rate.middle:,.0f}" for name, each in samples.items())
    number = sum(verdict.acknowledged.values())
    ledger = f"{len(verdict.violations)} VIOLATIONS" if verdict.violations else f"{number:,} writes acknowledged, each there once"
    return f"{point}: {rates} requests a second; {ledger}"
