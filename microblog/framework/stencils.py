"""Stencils: a piece of a page is drawn once around values that cannot be mistaken, and filled with others from then on.

The template remains the one place where the piece is described; drawing it costs some fifty times what filling it costs.
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup


class Stencil:
    """What was drawn, with a gap wherever one of the samples stands. `samples` are their names by the text that was drawn."""

    def __init__(self, drawn: str, samples: Mapping[str, str]) -> None:
        form = str(drawn).replace("%", "%%")  # a Markup would escape once more whatever fills it
        for text in sorted(samples, key=len, reverse=True):  # one may be a part of another
            form = form.replace(text.replace("%", "%%"), f"%({samples[text]})s")
        self._form = form

    def fill(self, values: Mapping[str, Any]) -> Markup:
        """The piece with these values, which are safe HTML already."""
        return Markup(self._form % values)  # noqa: S704
