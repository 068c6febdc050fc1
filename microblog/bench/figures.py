"""Figures: what one run of wrk has shown, and the middle of several with how far apart they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from .machine import Moment, cores
from .wrk import Result

PROGRAMS = ("worker", "postgres", "nginx")


@dataclass(frozen=True)
class Sample:
    """One load in one round. Times are milliseconds; `cpu` is processor time a request by program, where it is known; `others` is
    how much of the processors somebody else had meanwhile, `stolen` how much the host took, of 1."""

    load: str
    requests: int
    rate: float
    p50: float
    p90: float
    p99: float
    max: float
    bytes: float  # a request
    errors: Mapping[str, int]
    failures: str
    kinds: Mapping[str, int]
    cpu: Mapping[str, float]
    generator: float  # processor time of wrk a request
    others: float
    stolen: float


def sample(load: str, result: Result, before: Moment, after: Moment, own_seconds: float) -> Sample:
    """A result with what /proc said before and after it; `own_seconds` is processor time that this program has spent."""
    requests = max(result.requests, 1)
    spent = {name: after.spent[name] - before.spent[name] for name in before.spent}
    passed = max(after.at - before.at, 0.001) * cores()
    others = (after.busy - before.busy) - sum(spent.values()) - result.own_seconds - own_seconds
    return Sample(
        load=load,
        requests=result.requests,
        rate=result.rate,
        p50=result.p50,
        p90=result.p90,
        p99=result.p99,
        max=result.max,
        bytes=result.bytes / requests,
        errors={name: number for name, number in result.errors.items() if number},
        failures=result.failures,
        kinds=result.kinds,
        cpu={name: seconds * 1000 / requests for name, seconds in spent.items()},
        generator=result.own_seconds * 1000 / requests,
        others=min(max(others / passed, 0.0), 1.0),
        stolen=min(max((after.stolen - before.stolen) / passed, 0.0), 1.0),
    )


@dataclass(frozen=True)
class Figure:
    """The middle of some numbers, and their ends."""

    middle: float
    least: float
    most: float

    @property
    def spread(self) -> float:
        """How far the ends are from the middle, of 1: the farther one."""
        return max(self.most - self.middle, self.middle - self.least) / self.middle if self.middle else 0.0


def figure(numbers: Sequence[float]) -> Figure:
    return Figure(median(numbers), min(numbers), max(numbers))


@dataclass(frozen=True)
class Summary:
    """One load over all rounds."""

    load: str
    rate: Figure
    p50: Figure
    p90: Figure
    p99: Figure
    bytes: float
    cpu: Mapping[str, float]
    errors: int

    @property
    def cpu_total(self) -> float:
        """Processor time a request of all programs that are known."""
        return sum(self.cpu.values())


def summary(samples: Sequence[Sample]) -> Summary:
    """The samples of one load."""
    of = {name: figure([getattr(each, name) for each in samples]) for name in ("rate", "p50", "p90", "p99")}
    return Summary(
        load=samples[0].load,
        **of,
        bytes=median(each.bytes for each in samples),
        cpu={name: median(each.cpu[name] for each in samples) for name in PROGRAMS if name in samples[0].cpu},
        errors=sum(sum(each.errors.values()) for each in samples),
    )


def plain(value: Any) -> Any:
    """A figure or a sample as JSON has it, with no more digits than it deserves."""
    found = asdict(value)
    return {name: _short(each) for name, each in found.items()}


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items()}
    return value
