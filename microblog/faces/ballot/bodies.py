"""What is sent to us: JSON objects of exactly the members that are asked for, whatever the request calls its body."""

from ...framework.request import Request
from ...framework.text import BadInput
from ..bodies import json_object


def strings(request: Request, *names: str) -> list[str]:
    """The members with these names: all of them, no other ones, each a string with something in it."""
    members = json_object(request, whatever_it_says=True)
    if members.keys() != set(names) or not all(isinstance(value, str) and value for value in members.values()):
        raise BadInput(f"The body must have exactly {', '.join(names)}, each a string that is not empty.")
    return [members[name] for name in names]
