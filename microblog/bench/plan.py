"""What is to be measured: the grid, the town, the rounds; what makes no sense is refused before anything is started."""

import re
from dataclasses import dataclass

from . import BenchError

POINT = re.compile(r"([0-9]{1,2})x([0-9]{1,2})", re.ASCII)
DEFAULT_GRID = "1x1,2x1,2x4,4x2"
AS_INSTALLED = "2x4"  # processes and threads of a Microblog whose operator has set nothing
MOST_POINTS = 16
MOST_CONNECTIONS = 256  # each is a thread of wrk where a ledger is kept


@dataclass(frozen=True)
class Point:
    """One point of the grid: so many processes with so many threads each."""

    processes: int
    threads: int

    def __str__(self) -> str:
        return f"{self.processes}x{self.threads}"

    @property
    def workers(self) -> int:
        """How many requests can be worked on at once."""
        return self.processes * self.threads


@dataclass(frozen=True)
class Plan:
    """A run of the load test, as it was asked for. `pages_at` is where each page is measured by itself; None: nowhere."""

    grid: tuple[Point, ...]
    pages_at: Point | None
    people: int = 2_000
    posts: int = 200_000
    rounds: int = 3
    seconds: int = 3
    connections: int = 16
    with_nginx: bool = True
    database_url: str = ""
    fresh: bool = False


def points(word: str) -> tuple[Point, ...]:
    """A grid as it is typed: 1x1,2x4 is one process with one thread, then two with four each."""
    found = []
    for part in word.split(","):
        match = POINT.fullmatch(part.strip())
        point = Point(int(match[1]), int(match[2])) if match else None
        if point is None or not 1 <= point.processes <= 64 or not 1 <= point.threads <= 64:
            raise BenchError(
                f"{part.strip()!r} is no point of a grid: write processes x threads, such as 2x4, from 1x1 to 64x64."
            )
        if point not in found:
            found.append(point)
    if len(found) > MOST_POINTS:
        raise BenchError(f"A grid has {MOST_POINTS} points at most.")
    return tuple(found)


def pages_point(word: str, grid: tuple[Point, ...]) -> Point | None:
    """Where pages are measured by themselves: 'none', a point of the grid, or '' for 2x4 if it is one, else the last."""
    if word == "none":
        return None
    if word:
        (point, *more) = points(word)
        if more or point not in grid:
            raise BenchError(f"Pages can be measured by themselves at one point of the grid, not at {word}.")
        return point
    (usual,) = points(AS_INSTALLED)
    return usual if usual in grid else grid[-1]


def check(plan: Plan) -> Plan:
    """The plan, if it can be meant."""
    bounds = (
        ("--people", plan.people, 10, 200_000),
        ("--posts", plan.posts, 100, 20_000_000),
        ("--rounds", plan.rounds, 1, 20),
        ("--seconds", plan.seconds, 1, 120),
        ("--connections", plan.connections, 1, MOST_CONNECTIONS),
    )
    for name, value, least, most in bounds:
        if not least <= value <= most:
            raise BenchError(f"{name} can be from {least:,} to {most:,}, not {value:,}.")
    if plan.posts < plan.people:
        raise BenchError("A town has at least as many posts as people.")
    if plan.connections > plan.people:
        raise BenchError("Each connection that writes has people of its own, so there must be as many people as --connections.")
    if plan.fresh and plan.database_url:
        raise BenchError("--fresh is about the private database; one that --database-url names must be empty anyhow.")
    return plan
