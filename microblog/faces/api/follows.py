"""Following: how the caller stands to somebody, and changing that."""

from ...core import follows, users
from ...framework.request import Request
from . import shapes


def show(request: Request, user_id: int) -> shapes.Relation:
    """Whether the caller follows a person, and is followed by them."""
    person = users.profile_by_id(request.db, user_id, reader_id=request.user.id)
    here = request.url_for("api.follows.show", user_id=user_id)
    return shapes.Relation(user_id, person.is_followed, person.follows_back, shapes.Self(here))


def update(request: Request, user_id: int) -> shapes.Relation:
    """Follow a person; following twice is following. Oneself is a 409."""
    users.name(request.db, user_id)
    follows.follow_by_id(request.db, request.user.id, user_id)
    return show(request, user_id)


def delete(request: Request, user_id: int) -> None:
    """Follow a person no longer; not having followed them is no error. Oneself is a 409."""
    users.name(request.db, user_id)
    follows.unfollow_by_id(request.db, request.user.id, user_id)
