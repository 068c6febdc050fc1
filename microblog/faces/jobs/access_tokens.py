"""Forgetting tokens of programs that are over."""

from typing import TYPE_CHECKING

from ...core import access_tokens

if TYPE_CHECKING:
    from . import Work


def sweep(work: "Work") -> None:
    access_tokens.sweep(work.db)
