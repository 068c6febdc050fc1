"""Forgetting tokens that are over."""

from typing import TYPE_CHECKING

from ...core import tokens

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    tokens.sweep(work.db)
