"""What a check finds, how bad it is, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .patient import Patient


class Level(StrEnum):
    """How bad something is."""

    FINE = "fine"
    WARNING = "warning"  # it works, and could be better, or will not work for long
    WRONG = "wrong"  # people are hindered or in danger
    UNSEEN = "unseen"  # something else must be mended before this can be looked at


@dataclass(frozen=True)
class Verdict:
    """What was seen and, unless it is fine, what to do about it."""

    level: Level
    seen: str
    mend: str = ""


def fine(seen: str) -> Verdict:
    return Verdict(Level.FINE, seen)


def warning(seen: str, mend: str) -> Verdict:
    return Verdict(Level.WARNING, seen, mend)


def wrong(seen: str, mend: str) -> Verdict:
    return Verdict(Level.WRONG, seen, mend)


class Unseen(Exception):
    """This cannot be looked at; the message says what stands before it."""


@dataclass(frozen=True)
class Check:
    """One thing to look at: its name, what that is in a few words, and the function that looks."""

    name: str
    looks_at: str
    look: Callable[["Patient"], Verdict]


@dataclass(frozen=True)
class Finding:
    """What one check has found."""

    name: str
    looks_at: str
    level: Level
    seen: str
    mend: str
