"""Forgetting allowances that are whole again."""

from typing import TYPE_CHECKING

from ...core import limits

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    limits.sweep(work.db)
