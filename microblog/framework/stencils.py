"""Stencils: a piece of a page is drawn once around values that cannot be mistaken, and filled with others from then on.

The template remains the one place where the piece is described; drawing it costs some fifty times what filling it costs.
"""

import re
from collections.abc import Mapping

from markupsafe import Markup


class Stencil:
    """What was drawn, with a gap wherever one of the samples stands. `samples` are their names by the text that was drawn."""

    def __init__(self, drawn: str, samples: Mapping[str, str]) -> None:
        longest_first = sorted(samples, key=len, reverse=True)  # one may be a part of another
        self._parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", str(drawn))
        self._gaps = [(place, samples[self._parts[place]]) for place in range(1, len(self._parts), 2)]

    def fill(self, values: Mapping[str, str]) -> Markup:
        """The piece with these values, which are safe HTML already."""
        parts = self._parts.copy()
        for place, name in self._gaps:
            parts[place] = values[name]
        return Markup("".join(parts))  # noqa: S704
