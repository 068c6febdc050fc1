"""Queries: what a person has typed into the search box, taken apart; whatever it is, it means something or nothing.

ferry storm          posts with either word, those with both first
"last ferry"         these words next to each other
-storm               without this word, or -"last ferry" without this phrase
from:marta lang:ko   by this person, in this language
after:2026-11 before:2026-11-20    from the first day on, and up to the day before (UTC)
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from . import words

LONGEST = 300  # characters that are looked at
MOST_TERMS = 20  # words or phrases that are looked for
MOST_VALUES = 10  # of one filter
LATEST_ID = 2**63 - 1

CHUNK = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>\S+))')
FILTER = re.compile(r"(?P<name>from|lang|before|after):(?P<value>.+)", re.IGNORECASE)
HANDLE = re.compile(r"@?([A-Za-z0-9_.-]{1,64})", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,8})?", re.ASCII)
DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2}))?(?:[-/.]([0-9]{1,2}))?[-/.]?", re.ASCII)
QUOTES = str.maketrans("“”„‟«»「」『』＂", '"' * 11)


@dataclass(frozen=True)
class Term:
    """A word, or where `exact` a phrase, that is looked for; with `prefix` its end may be missing."""

    text: str
    exact: bool = False
    prefix: bool = False

    def __str__(self) -> str:
        """As Postgres reads a tsquery."""
        return words.query(self.text, exact=self.exact, prefix=self.prefix)

    @property
    def needles(self) -> list[words.Needle]:
        return words.needles(self.text, exact=self.exact, prefix=self.prefix)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: any of the terms, none of `without`, only within the filters. `handles` are in lower case; `since`
    (inclusive) and `until` (exclusive) are ids, which tell the time."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    handles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: int = 0
    until: int = LATEST_ID

    @property
    def is_narrowed(self) -> bool:
        """Whether there are filters, which only posts can pass."""
        return bool(self.handles or self.languages or self.since or self.until != LATEST_ID)

    @property
    def is_nothing(self) -> bool:
        return not (self.terms or self.without or self.is_narrowed)

    @cached_property
    def sought(self) -> list[words.Needle]:
        """What is to be marked."""
        return [needle for term in self.terms for needle in term.needles]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where in a text the terms stand: start and end of each."""
        return words.places(text, self.sought) if self.sought else []

    def as_beginnings(self) -> "Wanted":
        """The same with words that may go on, as one looks for names."""
        return self._beginnings

    @cached_property
    def _beginnings(self) -> "Wanted":
        return replace(self, terms=tuple(replace(term, exact=True, prefix=not term.exact) for term in self.terms))


def parse(text: str) -> Wanted:
    """Take apart what was typed. Nothing is an error: what cannot be meant is looked for as words."""
    terms: dict[str, Term] = {}
    without: dict[str, Term] = {}
    filters: dict[str, list[str]] = {"from": [], "lang": []}
    since, until = 0, LATEST_ID
    for match in CHUNK.finditer(text[:LONGEST].translate(QUOTES)):
        narrowing = match["word"] and not match["minus"] and FILTER.fullmatch(match["word"])
        name, value = (narrowing["name"].lower(), narrowing["value"].strip('"')) if narrowing else ("", "")
        moment = _moment(value)
        if name == "from" and (handle := HANDLE.fullmatch(value)):
            filters["from"].append(handle[1].lower())
        elif name == "lang" and LANGUAGE.fullmatch(value):
            filters["lang"].append(value.lower())
        elif name == "after" and moment is not None:
            since = max(since, moment)
        elif name == "before" and moment is not None:
            until = min(until, moment)
        else:
            term = Term(match["phrase"] or match["word"] or "", exact=match["phrase"] is not None)
            if key := str(term):  # else there is no word in it
                (without if match["minus"] else terms)[key] = term
    return Wanted(
        terms=tuple(terms.values())[:MOST_TERMS],
        without=tuple(without.values())[:MOST_TERMS],
        handles=tuple(dict.fromkeys(filters["from"]))[:MOST_VALUES],
        languages=tuple(dict.fromkeys(filters["lang"]))[:MOST_VALUES],
        since=since,
        until=until,
    )


def _moment(value: str) -> int | None:
    """The first id that could be given out on a day (or in a month, or in a year); None for what is no date."""
    match = DATE.fullmatch(value)
    if not match:
        return None
    try:
        day = datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    return min(max(int(day.timestamp()), 0) * 1000 << 16, LATEST_ID)
