"""The report of a long run: what was aimed at and what came of it, then each part in full."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import counterparts, growth, memory, starts, threads
from .counterparts import Comparison
from .loads import GROWTH
from .report import aligned, heading

PARTS = ("growth", "memory", "starts", "threads")

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """Something that was aimed at: in words, what was found, what it should not exceed, and the unit of both."""

    words: str
    found: float
    at_most: float
    unit: str

    @property
    def is_met(self) -> bool:
        return self.found <= self.at_most


def write(folder: Path, report: Report) -> None:
    """The two files."""
    folder.mkdir(parents=True)
    (folder / "long.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (folder / "long.txt").write_text(text(report), "utf-8")


def text(report: Report) -> str:
    """All of it, as people read it."""
    first, second, *rest = heading(report)
    wrong = violations(report)
    exact = ["NOT EXACT:", *wrong] if wrong else ["Exact: what was acknowledged is there once, and no request failed."]
    parts = [
        "Microblog in the long run",
        "\n".join([first, f"{second}; the long parts at {report['point']}", *rest]),
        _targets(report),
        _growth(report["growth"]),
        _searches(report["growth"]),
        _memory(report["memory"]),
        _starts(report["starts"]),
        _threads(report["threads"]),
        "\n".join(exact),
    ]
    return "\n\n".join(parts) + "\n"


def violations(report: Report) -> list[str]:
    """Whatever was not as it should be."""
    return [f"{part}: {each}" for part in PARTS for each in report[part].get("violations", [])]


def compared(part: Report) -> list[Comparison]:
    """Each page of the large town beside that of the small one."""
    small, large = ({name: page["samples"] for name, page in part["pages"][town].items()} for town in ("small", "large"))
    names = [load.name for load in GROWTH if load.name in small]
    return [counterparts.compared(name, "small town", large[name], small[name], growth.AT_MOST) for name in names]


def slower(part: Report) -> dict[str, float]:
    """How many times as long as for the home timeline half of those wait who search, in the large town."""
    half = {name: page["summary"]["p50"]["middle"] for name, page in part["pages"]["large"].items()}
    return {name: half[name] / half["home"] for name in ("search", "rare words", "common words")}


def targets(report: Report) -> list[Target]:
    """What issue 6 asks for, with what was found."""
    found = [
        Target(f"{each.name}: ten times the posts", each.times.middle, each.at_most, "x processor time")
        for each in compared(report["growth"])
    ]
    for name, times in slower(report["growth"]).items():
        found.append(Target(f"{name}: how long half wait", times, growth.SEARCH_AT_MOST, "x home"))
    held, jobs, started = report["memory"], report["memory"]["jobs"], report["starts"]
    warm, slope = (max(worker[name] for worker in held["workers"]) for name in ("warm", "slope"))
    found += [
        Target(f"a worker after {held['warmed']:,} requests", warm, memory.AT_MOST, "MB"),
        Target("what it grows by in 10,000 more", slope, memory.AT_MOST_MORE, "kB"),
        Target(f"the worker of jobs after {jobs['done']:,}", jobs["ended"], memory.AT_MOST_OF_JOBS, "MB"),
        Target("from the second `run` to ready", started["run"]["middle"], starts.AT_MOST, "s"),
        Target("from a fork to a worker's first answer", started["fork"]["middle"], starts.AT_MOST_OF_FORK, "s"),
    ]
    usual = f" by {report['threads']['connections'][0]}"
    for name, share in report["threads"]["shares"].items():
        if name.endswith(usual):
            cost = 100 * (1 - share["middle"])
            found.append(Target(f"what a second thread costs, {name}", cost, 100 * threads.MOST_COST, "% of throughput"))
    for name, times in report["threads"]["tails"].items():
        found.append(Target(f"p99, {name}", times["middle"], threads.MOST_TIMES, "x p50"))
    return found


def _targets(report: Report) -> str:
    lines = [["", "found", "at most", "", ""]]
    for each in targets(report):
        lines.append([each.words, f"{each.found:.2f}", f"{each.at_most:g}", each.unit, "" if each.is_met else "MISSED"])
    return aligned(lines)


def _growth(part: Report) -> str:
    small, large = (part["towns"][town]["posts"] for town in ("small", "large"))
    title = f"Growth: processor time of a page (worker and Postgres) with {large:,} posts and with {small:,}"
    return f"{title}\n\n{aligned(counterparts.lines(compared(part)))}"


def _searches(part: Report) -> str:
    """How far Postgres says that searches looked."""
    towns = part["searches"]
    lines = [["", *(f"{town}, {which}" for town in towns for which in ("middle", "most")), "farthest in the large town"]]
    for name, words in LOOKED_AT.items():
        cells = [f"{each[name][which]:,.0f}" for each in towns.values() for which in ("middle", "most")]
        lines.append([words, *cells, towns["large"][name]["words"]])
    through = towns["large"]["reads_all"]
    told = f"The table was read from end to end for: {', '.join(through)}." if through else "None read the table from end to end."
    return f"What one of {towns['large']['searches']} searches looks at\n\n{aligned(lines)}\n\n{told}"


LOOKED_AT = {
    "buffers": "pages of 8 kB",
    "posts": "posts looked at",
    "named": "entries of the index",
    "sorted": "rows sorted whole",
}


def _memory(part: Report) -> str:
    lines = [["PSS", "begun", "warm", "ended MB", "requests", "kB for 10,000 more"]]
    for number, each in enumerate(part["workers"], start=1):
        sizes = [f"{each[name]:.1f}" for name in ("begun", "warm", "ended")]
        lines.append([f"worker {number}", *sizes, f"{each['requests']:,}", f"{each['slope']:.0f}"])
    jobs = part["jobs"]
    done = f"{jobs['done']:,} jobs ({jobs['failed']} failed)"
    told = f"The worker of jobs: {jobs['begun']:.1f} MB, and {jobs['ended']:.1f} MB after {done}."
    return f"Memory\n\n{aligned(lines)}\n\n{told}"


def _starts(part: Report) -> str:
    lines = [["", "seconds", "from", "to"]]
    for name, words in (("run", "second `run` to ready"), ("fork", "fork to first answer"), ("page", "fork to first home page")):
        lines.append([words, *_ends(part[name])])
    first = f"the first `run` of a fresh checkout, with its Postgres and its demo town, took {part['first']:.1f} s"
    return f"Starts ({first})\n\n{aligned(lines)}"


def _threads(part: Report) -> str:
    one, two = part["points"]
    shares, tails = ([[name, *_ends(each)] for name, each in part[what].items()] for what in ("shares", "tails"))
    return (
        f"Throughput at {two} as a share of that at {one}\n\n{aligned([['', 'share', 'from', 'to'], *shares])}\n\n"
        f"p99 as a multiple of p50\n\n{aligned([['', 'times', 'from', 'to'], *tails])}"
    )


def _ends(figure: Mapping[str, float]) -> list[str]:
    return [f"{figure[which]:.2f}" for which in ("middle", "least", "most")]
