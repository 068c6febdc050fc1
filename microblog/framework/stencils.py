"""Stencils: a piece of a page is drawn once around values that cannot be mistaken, and filled with others from then on.

The template remains the one place where the piece is described; drawing it costs some fifty times what filling it costs.
"""

import re
from collections.abc import Mapping
from operator import itemgetter


class Stencil:
    """What was drawn, with a gap wherever one of the samples stands. `samples` are their names by the text that was drawn."""

    def __init__(self, drawn: str, samples: Mapping[str, str]) -> None:
        longest_first = sorted(samples, key=len, reverse=True)  # one may be a part of another
        self._parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", str(drawn))
        names = [samples[sample] for sample in self._parts[1::2]]
        self._pick = itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]

    def fill(self, values: Mapping[str, str]) -> str:
        """The piece with these values. It is safe HTML if they are."""
        parts = self._parts.copy()
        parts[1::2] = self._pick(values)
        return "".join(parts)
