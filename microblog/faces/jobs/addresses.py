"""The letters about addresses: one asks whether a new one is really somebody's, one tells the old one that it is no more."""

from typing import TYPE_CHECKING

from ...core import tokens
from ...framework.languages import Message
from ...framework.signing import derived
from . import letters

if TYPE_CHECKING:
    from . import Work


def confirm(work: "Work", user_id: int, email: str, name: str, language: str = "") -> None:
    """Write to the new address; only who reads there can make it theirs."""
    token = tokens.derive(derived(work.config.secret_keys[0], "tokens"), "email", work.job_id)
    tokens.issue(work.db, token, user_id, "email", tokens.EMAIL_LIVES, email=email)
    letters.send(
        work,
        "address",
        Message("Is this your address?"),
        email,
        language=language,
        name=name,
        link=work.urls.address("web.addresses.edit", token=token),
    )


def tell(work: "Work", email: str, name: str, language: str = "") -> None:
    """Write to the address that was somebody's until now: whoever reads there may not have wanted the change."""
    letters.send(
        work,
        "moved",
        Message("Your address has been changed"),
        email,
        language=language,
        name=name,
        link=work.urls.address("web.passwords.edit"),
    )
