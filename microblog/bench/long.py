"""The long course: what needs a second town, a hundred thousand requests, or a start, and so has no place in each run."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from . import BenchError, growth, machine, memory, sites, starts, threads, wrk
from . import ground as grounds
from .course import Teller, look_around, of_plan
from .ground import Ground
from .plan import Plan, Point


@dataclass
class LongCourse:
    """A long run while it goes on."""

    plan: Plan
    teller: Teller
    began: float = field(default_factory=time.monotonic)

    def run(self, folder: Path) -> dict[str, Any]:
        """Everything, on grounds in this folder; gives the report as JSON has it."""
        if self.plan.database_url:
            raise BenchError("The long course needs two towns, so it cannot use the one database that --database-url names.")
        wrk.program()
        if self.plan.with_nginx:
            sites.nginx_program()
        started_at = datetime.now().astimezone().replace(microsecond=0)
        first = look_around()
        point = self.plan.pages_at or self.plan.grid[-1]
        with grounds.prepared(self.plan, folder, self.teller.say, self._planted) as small:
            parts = self._of_one_town(point, small)
            with grounds.prepared(growth.larger(self.plan), folder, self.teller.say, self._planted) as large:
                towns = {"small": small, "large": large}
                parts["growth"] = self._part("growth", lambda: growth.grown(self.plan, point, towns, self._progress))
        return {
            "started_at": started_at.isoformat(),
            "seconds": round(time.monotonic() - self.began),
            "plan": of_plan(self.plan),
            "point": str(point),
            "machine": machine.description() | first | {"postgres": small.version},
            "town": grounds.told(small),
            **parts,
        }

    def _of_one_town(self, point: Point, small: Ground) -> dict[str, Any]:
        return {
            "starts": self._part("starts", lambda: starts.started(self.plan, small, self._progress)),
            "threads": self._part(
                "threads", lambda: threads.beside_each_other(self.plan, point.processes, small, self._progress)
            ),
            "memory": self._part("memory", lambda: memory.held(self.plan, point, small, self._progress)),
        }

    def _part(self, name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """One part, and how long it took."""
        began = time.monotonic()
        found = measure()
        seconds = round(time.monotonic() - began)
        self.teller.say(f"{name}: measured in {seconds} s")
        return found | {"seconds": seconds}

    def _planted(self, share: float) -> None:
        self._progress(f"planting, {share:.0%}")

    def _progress(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        self.teller.progress(f"{minutes:2}:{seconds:02}  {text}")
