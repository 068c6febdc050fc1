"""Forgetting workers that died long ago."""

from typing import TYPE_CHECKING

from ...core import heartbeats

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    heartbeats.sweep(work.db)
