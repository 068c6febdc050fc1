"""Traces of errors as they may be written down: without the values that Postgres repeats when it refuses something.

It quotes the whole row that does not fit, or the piece of the statement it stumbled over: a password's hash, a letter, a token.
SQLAlchemy hides only what it adds itself.
"""

import re
import traceback
from types import TracebackType

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

QUOTES = r"DETAIL|CONTEXT|QUERY|LINE \d+"
# A part goes on until the next one begins, SQLAlchemy adds the statement, or another error follows: a value may have many lines.
END = rf"(?=^\s*(?:{QUOTES}|HINT):|^\s*\[SQL|^\s*\(Background on |^\s*(?:The above|During) |^\s*Traceback |\Z)"
QUOTED = re.compile(rf"^(\s*(?:{QUOTES}):).*?{END}", re.MULTILINE | re.DOTALL)


def text(error: ErrorInfo | BaseException) -> str:
    """An error with all that led to it, as Python writes it, but for what Postgres quotes."""
    info = (type(error), error, error.__traceback__) if isinstance(error, BaseException) else error
    return without_values("".join(traceback.format_exception(*info))).rstrip("\n")


def without_values(trace: str) -> str:
    """A trace without what Postgres quotes of rows and statements."""
    return QUOTED.sub(r"\1 …\n", trace)
