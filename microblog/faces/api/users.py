"""People: the list of them, one of them, joining, and what one changes of oneself."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from ...core import counters, credentials, users
from ...core.refusals import Forbidden, Taken
from ...framework.languages import Message
from ...framework.pagination import Listing
from ...framework.request import Request
from ...framework.routing import public
from .. import gravatars
from . import collections, shapes
from .collections import Collection
from .typed import Created, Misshapen, first

AVATAR = 128  # pixels
CLOSED = Message("Nobody new can join this site at the moment.")
OTHERS = Message("You can only change what is said of yourself.")


def index(request: Request) -> Collection[shapes.User]:
    """Everybody, in the order in which they joined."""
    total = counters.value(request.db, "users")
    return collections.of(request, users.everybody, lambda rows: in_public(request, rows), total=total)


def show(request: Request, user_id: int) -> shapes.User:
    """One person; their e-mail address only for themselves."""
    return _one(request, user_id)


def _while_open(request: Request) -> None:
    if not request.app.config.registration_open:
        raise Forbidden(CLOSED)


@public
@first(_while_open)
def create(request: Request, body: shapes.NewUser) -> Created[shapes.User]:
    """Join. No token is needed; ask for one afterwards. Where nobody new can join it is a 403, and a name or an address that
    somebody has is a 400."""
    try:
        user_id = users.register(
            request.db,
            username=body.username,
            email=body.email,
            password=body.password,
            display_name=body.display_name,
            about_me=body.about_me,
        )
    except Taken as refusal:
        raise _taken(refusal) from refusal
    email = credentials.addressee(request.db, user_id).email
    (made,) = in_public(request, [users.profile_by_id(request.db, user_id, reader_id=user_id)], email=email)
    return Created(made, made.links.self_)


def _only_oneself(request: Request, user_id: int) -> None:
    if user_id != request.user.id:
        users.name(request.db, user_id)
        raise Forbidden(OTHERS)


@first(_only_oneself)
def update(request: Request, user_id: int, body: shapes.UserChanges) -> shapes.User:
    """Change what is said of oneself; only what is sent changes. Somebody else is a 403."""
    changes = {name: getattr(body, name) for name in ("username", "display_name", "about_me", "language")}
    sent = {name: value for name, value in changes.items() if value is not UNSET}
    try:
        users.edit(request.db, user_id, **sent, languages=request.app.languages.known)
        if body.email is not UNSET and body.email != credentials.addressee(request.db, user_id).email:
            credentials.set_email(request.db, user_id, body.email)
    except Taken as refusal:
        raise _taken(refusal) from refusal
    return _one(request, user_id)


def _one(request: Request, user_id: int) -> shapes.User:
    person = users.profile_by_id(request.db, user_id, reader_id=request.user.id)
    email = credentials.addressee(request.db, user_id).email if user_id == request.user.id else UNSET
    return next(iter(in_public(request, [person], email=email)))


def _taken(refusal: Taken) -> Misshapen:
    """What the microblog of the source documents says of a name or an address that somebody has."""
    message = next(iter(refusal.errors.values()))
    return Misshapen(refusal.errors, Message(message.text[0].lower() + message.text[1:].rstrip(".")), 400)


def in_public(request: Request, rows: Sequence[Any], *, email: str | UnsetType = UNSET) -> Iterable[shapes.User]:
    """People as everybody may see them; `email` for the one person who may know theirs."""
    numbered = request.app.urls.numbered
    show, posts = numbered("api.users.show", "user_id"), numbered("api.posts.index", "user_id")
    followers, followed = numbered("api.followers.index", "user_id"), numbered("api.followed.index", "user_id")
    return [
        shapes.User(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            about_me=row.about_me,
            created_at=row.created_at,
            last_seen=row.last_seen_at,
            post_count=row.post_count,
            follower_count=row.follower_count,
            followed_count=row.followed_count,
            email=email,
            links=shapes.UserLinks(
                self_=show(row.id),
                followers=followers(row.id),
                followed=followed(row.id),
                posts=posts(row.id),
                avatar=gravatars.avatar_url(request.app, row.id, row.avatar_version, AVATAR),
            ),
        )
        for row in rows
    ]


def around(request: Request, listing: Listing, user_id: int, count: str) -> Collection[shapes.User]:
    """The followers of a person, or those whom they follow, with the counter of this name. It stands in each row; where there is
    none, nobody may have this id."""
    size = collections.per_page(request)
    page = listing.page(request.db, request.cursor, size, user_id=user_id)
    total = page.items[0].total if page.items else None
    if total is None:
        total = getattr(users.profile_by_id(request.db, user_id, reader_id=request.user.id), count)
    return collections.made(request, page, in_public(request, page.items), size, total)


def author(request: Request, user_id: int, row: Any) -> shapes.Author:
    """The person of a row that is about something of theirs."""
    return shapes.Author(
        id=user_id,
        username=row.username,
        display_name=row.display_name,
        links=shapes.AuthorLinks(
            self_=request.app.urls.numbered("api.users.show", "user_id")(user_id),
            avatar=gravatars.avatar_url(request.app, user_id, row.avatar_version, AVATAR),
        ),
    )
