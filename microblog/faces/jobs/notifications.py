"""Forgetting what was read long ago."""

from typing import TYPE_CHECKING

from ...core import notifications

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    notifications.sweep(work.db)
