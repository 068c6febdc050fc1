"""A form as the page shows it: what was typed, and what was wrong with it."""

from collections.abc import Mapping

from .languages import Message


class Form:
    """Values and errors by field. It checks nothing: the rules live elsewhere and their answers are put in here."""

    def __init__(self, values: Mapping[str, str] | None = None, errors: Mapping[str, Message] | None = None) -> None:
        self.values = dict(values or {})
        self.errors = dict(errors or {})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")
