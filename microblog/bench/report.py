"""The report of a run: a table to read in a terminal, the figures as JSON, and a page with charts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from . import counterparts, firstlook, page
from .figures import PROGRAMS
from .loads import LOADS, PAGES

QUIET_SPREAD, QUIET_OTHERS = 0.10, 0.05

Report = Mapping[str, Any]


def write(folder: Path, report: Report) -> None:
    """The three files."""
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (folder / "report.txt").write_text(text(report), "utf-8")
    (folder / "report.html").write_text(page.html(report, heading(report), noise(report), exactness(report)), "utf-8")


def text(report: Report) -> str:
    """The table, and what is to be said of it."""
    parts = ["Microblog under load", "\n".join(heading(report)), _grid(report)]
    parts += [_pages(point) for point in report["points"] if point["pages"]]
    parts += [first_look(found)] if (found := report.get("first_look")) else []
    parts += ["\n".join(exactness(report)), "\n".join(noise(report))]
    return "\n\n".join(parts) + "\n"


def heading(report: Report) -> list[str]:
    """What was measured, on what, and when."""
    plan, machine, town = report["plan"], report["machine"], report["town"]
    at = datetime.fromisoformat(report["started_at"])
    minutes, seconds = divmod(report["seconds"], 60)
    planted = f"planted in {town['seconds']:.0f} s" if town["is_new"] else "planted by an earlier run"
    front = "nginx and uWSGI" if plan["with_nginx"] else "uWSGI alone"
    return [
        f"{at.day} {at:%B %Y, %H:%M}; {minutes} min {seconds} s in all",
        f"{town['people']:,} people, {town['posts']:,} posts ({planted}); {plan['connections']} connections to {front}",
        f"{plan['rounds']} rounds of {plan['seconds']} s, in which loads take turns; their middle, ± how far the farthest is off",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB; {machine['system']}, "
        f"Python {machine['python']}, Postgres {machine['postgres']}",
    ]


def exactness(report: Report) -> list[str]:
    """What became of what was acknowledged."""
    lines = []
    for point in report["points"]:
        lines += [f"{point['point']}: {violation}" for violation in point["violations"]]
    if lines:
        return ["NOT EXACT:", *lines]
    counts: dict[str, int] = {}
    for point in report["points"]:
        for what, number in point["acknowledged"].items():
            counts[what] = counts.get(what, 0) + number
    told = ", ".join(f"{counts.get(what, 0):,} {words}" for what, words in WRITES.items())
    return [
        f"Exact: {told} were acknowledged, and each is in the database once; all counters equal their rows; no request failed."
    ]


WRITES = {"post": "posts", "vote": "votes", "follow": "follows", "unfollow": "unfollows"}


def noise(report: Report) -> list[str]:
    """How quiet the machine was."""
    machine, samples = report["machine"], list(_samples(report))
    spread = max((_spread(point["loads"]["bare"]["summary"]["rate"]) for point in report["points"]), default=0.0)
    others, stolen = (median(each[name] for each in samples) for name in ("others", "stolen"))
    worst = max(each["others"] for each in samples)
    quiet = spread <= QUIET_SPREAD and max(others, machine["others_before"]) <= QUIET_OTHERS
    word = "The machine was quiet." if quiet else "The machine was not quiet: ratios within this run say more than rates."
    return [
        f"{word} The bare callable's rounds were up to {spread:.0%} off their middle.",
        f"Other programs took {others:.0%} of the processors (at most {worst:.0%} during one load), the host took {stolen:.1%}; "
        f"before the start the load was {machine['load_before']} and others took {machine['others_before']:.0%}.",
        *(f"{point['point']}: {remark}" for point in report["points"] for remark in point["remarks"]),
    ]


def _samples(report: Report) -> Iterable[Mapping[str, Any]]:
    for point in report["points"]:
        for part in (point["loads"], point["pages"]):
            for load in part.values():
                yield from load["samples"]


def _spread(figure: Mapping[str, float]) -> float:
    middle = figure["middle"]
    return max(figure["most"] - middle, middle - figure["least"]) / middle if middle else 0.0


def _grid(report: Report) -> str:
    """One line for each point and load."""
    header = ["", "load", "req/s", "±", "of limit", "p50", "p90", "p99 ms", *PROGRAMS, "MB a worker"]
    lines = [header]
    for point in report["points"]:
        limit = point["loads"]["limit"]["summary"]["rate"]["middle"]
        for place, load in enumerate(LOADS):
            found = point["loads"][load.name]["summary"]
            share = f"{found['rate']['middle'] / limit:.2f}" if load.name == "home" and limit else ""
            memory = f"{max(point['memory'][load.site], default=0):.0f}" if load.name in ("home", "limit") else ""
            lines.append([point["point"] if not place else "", load.name, *_figures(found, share), memory])
    words = "\n".join(f"{load.name:6} {load.words}" for load in LOADS)
    return f"{aligned(lines)}\n\nprogram columns: processor time a request, ms; limit: below\n\n{words}"


def _pages(point: Mapping[str, Any]) -> str:
    """One line for each page by itself, with its yardstick."""
    lines = [["", "req/s", "±", "of limit", "p50", "p90", "p99 ms", *PROGRAMS, "worker of limit's", "bytes"]]
    for load in PAGES:
        if load.name not in point["pages"]:
            continue
        found = point["pages"][load.name]["summary"]
        limit = point["pages"].get(f"{load.name} limit", {}).get("summary")
        share = f"{found['rate']['middle'] / limit['rate']['middle']:.2f}" if limit else ""
        times = f"{found['cpu']['worker'] / limit['cpu']['worker']:.1f}" if limit and limit["cpu"].get("worker") else ""
        lines.append([load.name.replace("_", " "), *_figures(found, share), times, f"{found['bytes']:,.0f}"])
    return f"Each page by itself, at {point['point']}\n\n{aligned(lines)}{_counterparts(point)}"


def _counterparts(point: Mapping[str, Any]) -> str:
    """Those that should cost about what another one costs."""
    found = counterparts.of_pages(point["pages"])
    if not found:
        return ""
    return f"\n\nProcessor time of a page (worker and Postgres) beside another's\n\n{aligned(counterparts.lines(found))}"


def first_look(found: Mapping[str, Any]) -> str:
    """What a browser saw of some pages."""
    table = [aligned(firstlook.lines(found["looks"]))] if "looks" in found else []
    return "\n\n".join(["A first look in a browser", *table, "\n".join(firstlook.remarks(found))])


def _figures(found: Mapping[str, Any], share: str) -> list[str]:
    rate = found["rate"]
    waits = [f"{found[name]['middle']:.1f}" for name in ("p50", "p90", "p99")]
    cpu = [f"{found['cpu'][name]:.2f}" if name in found["cpu"] else "–" for name in PROGRAMS]
    return [f"{rate['middle']:,.0f}", f"{_spread(rate):.0%}", share, *waits, *cpu]


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Columns under each other: words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    words = {place for place, column in enumerate(zip(*lines, strict=True)) if not any(each[:1].isdigit() for each in column[2:])}
    words |= {0}
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if place in words else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
