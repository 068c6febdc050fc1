"""Hours: when something was said, as words, so that an index of words can tell late from early.

Each hour since 1970 belongs to a block of 16 hours, that to one of 256, and that to one of 4,096 (half a year). What was said in
an hour has the words of all four, and any stretch of time is told by a few dozen words.
"""

import time
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal
from sqlalchemy.dialects.postgresql import array

LEVELS = range(4)
BLOCK = 16  # of one level make one of the next
BLOCKS = tuple(BLOCK**level for level in LEVELS)


def of_id(an_id: int) -> int:
    """The hour that an id tells, in hours since 1970."""
    return (an_id >> 16) // 3_600_000


def now() -> int:
    return int(time.time()) // 3_600


def words(hour: int) -> list[str]:
    """The words of an hour."""
    return [_word(level, hour) for level in LEVELS]


@lru_cache(maxsize=64)  # most searches of an hour ask for the same ones
def between(first: int, last: int) -> tuple[str, ...]:
    """The fewest words that tell the hours from the first to before the last."""
    found = []
    while first < last:
        level = max(level for level in LEVELS if first % BLOCK**level == 0 and (level == 0 or first + BLOCK**level <= last))
        found.append(_word(level, first))
        first += BLOCK**level
    return tuple(found)


def _word(level: int, hour: int) -> str:
    return f"~{level}{hour // BLOCK**level:x}"


def words_now() -> Any:
    """The words of this hour by the database's clock, which also makes the ids, as a tsvector."""
    hour = cast(func.floor(func.extract("epoch", func.clock_timestamp()) / 3_600), BigInteger)
    return func.array_to_tsvector(array([literal(f"~{level}") + func.to_hex(hour // BLOCK**level) for level in LEVELS]))
