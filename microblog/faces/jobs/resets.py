"""The letter with which somebody chooses a new password."""

from typing import TYPE_CHECKING

from ...core import credentials, tokens
from ...framework.languages import Message
from ...framework.signing import derived
from . import letters

if TYPE_CHECKING:
    from . import Work


def send(work: "Work", email: str, language: str = "") -> None:
    """Write to the address as it is stored; to one that nobody has, nothing is written, and nobody waiting can tell."""
    person = credentials.holder(work.db, email)
    if person is None:
        return
    token = tokens.derive(derived(work.config.secret_keys[0], "tokens"), "reset", work.job_id)
    tokens.issue(work.db, token, person.id, "reset", tokens.RESET_LIVES)
    letters.send(
        work,
        "reset",
        Message("Reset Your Password"),
        person.email,
        language=person.language or language,
        name=person.display_name or person.username,
        link=work.urls.address("web.resets.edit", token=token),
    )
