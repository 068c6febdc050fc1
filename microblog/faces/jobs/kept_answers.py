"""Forgetting answers that nobody will ask for again."""

from typing import TYPE_CHECKING

from ...core import kept_answers

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    kept_answers.sweep(work.db)
