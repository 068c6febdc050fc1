"""Knocks: a word good for a moment, by which a site knows who holds its secret, and an answer by which it is known itself."""

import re
import secrets as chance
from collections.abc import Sequence

from .signing import Seal

HEADER = "X-Microblog-Knock"
GOOD_FOR = 30.0  # seconds before and after: whoever has overheard a knock can repeat it for a minute at most
WORD = re.compile(r"([0-9]{1,12})-[0-9a-f]{32}", re.ASCII)


class Knocks:
    """Makes, hears and answers knocks by some secrets, the newest first. Nothing of a secret can be learnt from them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._asked = Seal(secrets, "knock")
        self._answered = Seal(secrets, "answer to a knock")

    def make(self, now: float) -> str:
        """A knock for this second, by the clock of whoever will hear it."""
        return self._asked.sign(f"{int(now)}-{chance.token_hex(16)}")

    def heard(self, knock: str | None, now: float) -> str | None:
        """The answer to a knock, or None if it is not by one of the secrets, or not of this moment."""
        word = self._asked.open(knock)
        found = WORD.fullmatch(word or "")
        if not word or not found or abs(now - int(found[1])) > GOOD_FOR:
            return None
        return self._answered.sign(word)

    def is_answer(self, answer: object, knock: str) -> bool:
        """Whether somebody who holds one of the secrets has heard just this knock."""
        word = self._asked.open(knock)
        return word is not None and isinstance(answer, str) and self._answered.open(answer) == word
