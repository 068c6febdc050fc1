"""Where people's pictures are: with us, or at Gravatar for sites that want it.

Addresses at Gravatar are drawn without anybody's e-mail address and completed when the page is whole. So rows need not carry one,
a page costs one query more however many people are on it, and what is kept of it does not age.
"""

import re
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..core import avatars

if TYPE_CHECKING:
    from ..app import Application

HOST = "https://www.gravatar.com"
GAP = re.compile(r"\x1a([0-9]+)\x1a")  # a character that no text from outside may have
GAP_IN_JSON = re.compile(r"\\u001a([0-9]+)\\u001a")  # the same, where a backslash that somebody has written stands twice
NOBODY = "0" * 32


def avatar_url(app: "Application", user_id: int, version: int, size: int) -> str:
    """Where somebody's picture is; `size` is the length of its side in pixels, for who draws it to measure."""
    if version:
        return app.urls.numbered("web.avatars.show", "user_id", "version")((user_id, version))
    if app.config.avatars == "gravatar":
        return address(user_id, size)
    return app.urls.numbered("web.avatars.show", "user_id")(user_id)


def address(user_id: int, size: int) -> str:
    """Where Gravatar has the picture of a person, with a gap for the mark of their e-mail address; `size` in pixels."""
    return f"{HOST}/avatar/\x1a{user_id}\x1a?d=identicon&s={size}"


def complete(db: Session, page: str, gap: re.Pattern[str] = GAP) -> str:
    """The page with its gaps filled. Where the database is away everybody looks like nobody: a refusal must be drawn, too."""
    wanted = {int(user_id) for user_id in gap.findall(page)}
    try:
        marks = avatars.email_marks(db, wanted) if wanted else {}
    except SQLAlchemyError:
        marks = {}
    return gap.sub(lambda found: marks.get(int(found[1]), NOBODY), page)


def allowed(policy: str) -> str:
    """A Content-Security-Policy that lets these pictures in."""
    return policy.replace("img-src 'self'", f"img-src 'self' {HOST}")
