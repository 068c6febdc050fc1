"""Joining by a protocol that asks for a name and knows no usernames: one is made that is free."""

import re
import secrets
import unicodedata

from sqlalchemy.orm import Session

from . import users
from .refusals import Invalid


def create(db: Session, *, name: str, email: str, password: str, about_me: str = "", shortest_password: int) -> int:
    """Welcome somebody who has told a name and an e-mail address; gives their id. What the rest of the house refuses is refused
    here, too: Invalid, or Taken for an address that somebody has."""
    described = {"display_name": name, "about_me": about_me}
    person = described | {"email": email, "password": password, "shortest_password": shortest_password}
    *first, last = _handles(name, email)
    for username in first:
        try:
            return users.register(db, username=username, **person)  # type: ignore[arg-type]
        except Invalid as refusal:
            if refusal.errors.keys() != {"username"}:
                raise
    return users.register(db, username=last, **person)  # type: ignore[arg-type]


def _handles(name: str, email: str) -> list[str]:
    """Usernames to try, the simplest first."""
    base = _as_handle(name) or _as_handle(email.partition("@")[0]) or "user"
    numbered = [f"{base}{number}" for number in range(2, 6)]
    return [base, *numbered, *(f"{base}{secrets.randbelow(10**digits)}" for digits in (3, 4, 6, 9, 12))]


def _as_handle(text: str) -> str:
    """What a username can have of a text; '' if nothing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "_", plain).strip("_")[:30].rstrip("_")
