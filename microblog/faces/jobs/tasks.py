"""Forgetting the files of tasks that are over."""

from typing import TYPE_CHECKING

from ...core import tasks

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    tasks.sweep(work.db)
