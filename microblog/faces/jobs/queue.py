"""Forgetting jobs that ended long ago."""

from typing import TYPE_CHECKING

from ...core import queue

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    queue.sweep(work.db)
