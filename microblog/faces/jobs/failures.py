"""The letter with which the administrators hear of an error."""

from typing import TYPE_CHECKING

from ...framework.languages import Message
from . import letters

if TYPE_CHECKING:
    from . import Work


def send(work: "Work", to: str, text: str, happened: int) -> None:
    """One error with its trace, and how often it has happened so far."""
    letters.send(work, "failure", Message("Failure"), to, text=text, happened=happened)
