"""Forgetting translations that are old."""

from typing import TYPE_CHECKING

from ...core import translations

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    translations.sweep(work.db)
