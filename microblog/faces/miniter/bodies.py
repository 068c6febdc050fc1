"""What is sent to us: JSON objects, of which we read the members that the source names and overlook all others."""

import re
from typing import Any

from ...core.checks import REQUIRED, Checks
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.text import BadInput, integer
from ..bodies import json_object

NUMBER = re.compile("-?[0-9]+", re.ASCII)
NOBODY = 0  # people are counted from 1


def strings(request: Request, *names: str) -> list[str]:
    """The members with these names, which must all be there and be strings."""
    members = json_object(request)
    with Checks() as check:
        for name in names:
            if name not in members:
                check.refuse(name, REQUIRED)
            elif not isinstance(members[name], str):
                check.refuse(name, Message("This must be a string."))
    return [members[name] for name in names]


def person(request: Request, *names: str) -> int:
    """The number of the person in the member with one of these names; 0 for a number that nobody can have."""
    members = json_object(request)
    meant = {number(members[name]) for name in names if name in members}
    if len(meant) != 1:
        raise BadInput(f"The body must name one person, as a number in {' or '.join(names)}.")
    return meant.pop()


def number(value: Any) -> int:
    """A person's number, as a number or spelt in a string, which HTTPie makes of `follow=1`; 0 for one that nobody can have."""
    text = str(value) if isinstance(value, int) else value  # true becomes a word, which is no number
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise BadInput("A person is meant by a whole number.")
    return integer(text, least=1) or NOBODY
