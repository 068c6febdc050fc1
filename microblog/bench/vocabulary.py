"""The words people use, the commonest far oftener than the rest, in English, Spanish and Korean.

They are those of the demo town in the order of how often they stand there. Behind them comes a long tail of words that are
two words in one, for a language never runs out of rare ones, and searches for these should find few posts.
"""

import re
from collections import Counter
from functools import cache
from itertools import accumulate
from random import Random

from .. import demo

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
MOST_WORDS = 6_000  # of a language
SHARES = {"en": 45, "ko": 30, "es": 25}  # in a hundred posts
MIDDLE, WIDTH = 2.5, 0.6  # of the logarithm of how many words a post has: half have 12 or fewer
LONGEST = 45  # words


class Tongue:
    """One language: its words, the commonest first, weighted as Zipf's law has it."""

    def __init__(self, language: str, texts: list[str]) -> None:
        self.language = language
        counts = Counter(word for text in texts for word in WORD.findall(text.lower()))
        known = [word for word, _ in counts.most_common()]
        chance = Random(language)
        heads, tails = (chance.choices(known, k=MOST_WORDS) for _ in range(2))
        joined = (
            head + tail for head, tail in zip(heads, tails, strict=True) if "'" not in head + tail and "’" not in head + tail
        )
        self.words = list(dict.fromkeys([*known, *joined]))[:MOST_WORDS]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def some(self, chance: Random, number: int) -> list[str]:
        """So many words, each as likely as it is common."""
        return chance.choices(self.words, cum_weights=self.weights, k=number)

    def text(self, chance: Random, most: int) -> str:
        """A sentence or two, of `most` characters at most."""
        number = min(int(chance.lognormvariate(MIDDLE, WIDTH)) + 1, LONGEST)
        text = " ".join(self.some(chance, number))
        if len(text) >= most:
            text = text[: most - 1].rpartition(" ")[0] or text[: most - 1]
        return text[:1].upper() + text[1:] + chance.choice("...!?")


@cache
def tongues() -> dict[str, Tongue]:
    """All three, by their codes."""
    texts: dict[str, list[str]] = {language: [] for language in demo.LANGUAGES}
    for person in demo.people():
        texts[person.language] += person.posts
    return {language: Tongue(language, said) for language, said in texts.items()}


def any_tongue(chance: Random) -> Tongue:
    """One of them, as often as it is spoken in the town."""
    return tongues()[chance.choices(list(SHARES), weights=list(SHARES.values()))[0]]
