"""Forgetting sessions that are over."""

from typing import TYPE_CHECKING

from ...core import sessions

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    sessions.sweep(work.db)
