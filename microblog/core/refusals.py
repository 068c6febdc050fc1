"""The four words with which core says no; each face says them aloud in its own voice."""

from ..framework.languages import Message


class Refusal(Exception):
    """Core will not do it; `message` tells the person why."""

    def __init__(self, message: Message | str) -> None:
        super().__init__(str(message))
        self.message = message if isinstance(message, Message) else Message(message)


class NotFound(Refusal):
    """There is no such thing, or it is not for this person to know of it."""


class Forbidden(Refusal):
    """It is there, and this person may not do that to it."""


class Conflict(Refusal):
    """It cannot be done in the state things are in."""


class Invalid(Refusal):
    """What was said does not fit; `errors` names each member and why."""

    def __init__(self, errors: dict[str, Message]) -> None:
        super().__init__(Message("Please look at what you typed again."))
        self.errors = errors


class Taken(Invalid):
    """It would fit, but somebody else has it already, or one has it oneself."""
