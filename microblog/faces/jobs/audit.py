"""Forgetting audit entries older than a year."""

from typing import TYPE_CHECKING

from ...core import audit

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    audit.sweep(work.db)
