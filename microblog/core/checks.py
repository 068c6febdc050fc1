"""Checks of what a person typed, gathered so that they hear of everything at once."""

import re
from types import TracebackType

from ..framework.languages import Message
from ..framework.text import HANDLE
from .refusals import Invalid

USERNAME = re.compile(HANDLE, re.ASCII)

# Names that would read as a page of the site or as somebody in office.
RESERVED_USERNAMES = frozenset(
    """about abuse account accounts admin administrator all anonymous api app assets auth avatar avatars ballot blog contact
    edit_profile everyone explore export_posts favicon.ico follow followers following help here home hostmaster index info
    instance lab livez login logout me media messages metrics microblog miniter moderator new nobody noreply no-reply
    notifications null official owner popup post postmaster posts privacy readyz register robots.txt root search security
    send_message settings signup sign-up staff static status support system team terms timeline tokenauth translate unfollow
    undefined user users webmaster www""".split()  # noqa: SIM905
)

LONGEST_EMAIL = 254  # RFC 5321, as counted by everybody since
LONGEST_LABEL = 100
LONGEST_PASSWORD = 1_024  # hashing a longer one costs the server, and protects nobody

REQUIRED = Message("This field is required.")


class Checks:
    """Collects errors by member while values are looked at; leaving the block raises Invalid if there are any, or the kind of it
    that one asks for."""

    def __init__(self, refusal: type[Invalid] = Invalid) -> None:
        self.refusal = refusal
        self.errors: dict[str, Message] = {}

    def __enter__(self) -> "Checks":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and self.errors:
            raise self.refusal(self.errors)

    def refuse(self, name: str, message: Message) -> None:
        """Remember the first thing that is wrong with a member."""
        self.errors.setdefault(name, message)

    def text(self, name: str, value: str, *, longest: int, required: bool = True) -> str:
        """Text without blank edges, at most `longest` characters (code points)."""
        value = value.strip()
        if required and not value:
            self.refuse(name, REQUIRED)
        elif len(value) > longest:
            self.refuse(
                name,
                Message("At most %(most)d character, please.", "At most %(most)d characters, please.", longest, most=longest),
            )
        return value

    def username(self, name: str, value: str) -> str:
        value = value.strip()
        if not value:
            self.refuse(name, REQUIRED)
        elif len(value) > 64:
            self.refuse(name, Message("At most %(most)d character, please.", "At most %(most)d characters, please.", 64, most=64))
        elif not USERNAME.fullmatch(value):
            self.refuse(name, Message("Use letters a to z, digits and . _ -, with a letter, digit or _ at both ends."))
        elif value.lower() in RESERVED_USERNAMES:
            self.refuse(name, Message("Please use a different username."))
        return value

    def email(self, name: str, value: str) -> str:
        """One @ with something on both sides: whether letters arrive there only a letter can tell."""
        value = value.strip()
        local, _, domain = value.partition("@")
        if not value:
            self.refuse(name, REQUIRED)
        elif not local or not domain or "@" in domain or len(value) > LONGEST_EMAIL or re.search(r"\s", value):
            self.refuse(name, Message("Please write an e-mail address, such as susan@example.org."))
        return value

    def password(self, name: str, value: str, *, shortest: int) -> str:
        if not value:
            self.refuse(name, REQUIRED)
        elif len(value) < shortest:
            self.refuse(
                name,
                Message(
                    "At least %(least)d character, please.", "At least %(least)d characters, please.", shortest, least=shortest
                ),
            )
        elif len(value) > LONGEST_PASSWORD:
            self.refuse(
                name,
                Message(
                    "At most %(most)d character, please.",
                    "At most %(most)d characters, please.",
                    LONGEST_PASSWORD,
                    most=LONGEST_PASSWORD,
                ),
            )
        return value
