"""What was found, for people and for machines."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import json

from .verdicts import Finding, Level

MARKS = {Level.FINE: "fine   ", Level.WARNING: "WARNING", Level.WRONG: "WRONG  ", Level.UNSEEN: "unseen "}
WIDTH = 118
INDENT = " " * 8


def lines(finding: Finding) -> Iterator[str]:
    """One finding for a terminal: what was looked at and seen and, below, what mends it."""
    yield from _wrapped(f"{MARKS[finding.level]} {finding.name}: {finding.seen}")
    if finding.mend:
        yield from _wrapped(f"{INDENT}-> {finding.mend}")


def unseen(findings: Sequence[Finding]) -> Iterator[str]:
    """What could not be looked at, by what stood before it."""
    names: dict[str, list[str]] = {}
    for finding in findings:
        if finding.level is Level.UNSEEN:
            names.setdefault(finding.seen, []).append(finding.name)
    for reason, checks in names.items():
        yield from _wrapped(f"{MARKS[Level.UNSEEN]} {', '.join(checks)}: {reason}")


def summary(findings: Sequence[Finding]) -> str:
    """The last line."""
    counts = Counter(finding.level for finding in findings)
    told = [f"{counts[level]} {level}" for level in Level if counts[level]]
    return f"{len(findings)} checks: {', '.join(told)}."


def as_json(findings: Sequence[Finding]) -> str:
    """All findings as one JSON document."""
    whole = {"is_fine": status(findings) == 0, "findings": findings}
    return json.format(json.encode(whole), indent=2).decode()


def status(findings: Sequence[Finding]) -> int:
    """The exit status: 1 if anything is wrong or could not be looked at, else 0, also with warnings."""
    return int(any(finding.level in (Level.WRONG, Level.UNSEEN) for finding in findings))


def _wrapped(text: str) -> list[str]:
    """Lines of a width for reading; commands and settings are never broken within a word."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=INDENT + "   ", break_long_words=False, break_on_hyphens=False)
