"""Posts: everybody's or one person's, one of them, saying something, saying it otherwise, taking it back."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from ...core import polls, posts, timelines
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection
from .polls import shaped as shaped_poll
from .typed import Created, first
from .users import author


def index(request: Request, *, user_id: int | None = None) -> Collection[shapes.Post]:
    """What everybody says, the newest first. With `user_id` what one person says; nothing where nobody has that number."""
    if user_id is None:
        return collections.of(request, timelines.everybody, lambda rows: shaped(request, rows))
    return collections.of(request, timelines.one_author, lambda rows: shaped(request, rows), author_id=user_id)


def show(request: Request, post_id: int) -> shapes.Post:
    """One post."""
    return _one(request, post_id)


def create(request: Request, body: shapes.NewPost) -> Created[shapes.Post]:
    """Say something, and ask something with it if there is a poll."""
    asked = body.poll
    poll = polls.NewPoll(asked.choices, timedelta(seconds=asked.closes_in), asked.takes_several) if asked else None
    longest = request.app.config.post_length
    said = posts.say(request.db, request.user.id, body.body, longest=longest, poll=poll)
    post = next(iter(shaped(request, [said])))
    return Created(post, post.links.self_)


def _only_ones_own(request: Request, post_id: int) -> None:
    posts.check_own(request.db, request.user.id, post_id)


@first(_only_ones_own)
def update(request: Request, post_id: int, body: shapes.PostText) -> shapes.Post:
    """Say one's own post otherwise. Somebody else's is a 403."""
    posts.edit(request.db, request.user.id, post_id, body.body, longest=request.app.config.post_length)
    return _one(request, post_id)


def delete(request: Request, post_id: int) -> None:
    """Take one's own post back, and its poll with it. Somebody else's is a 403."""
    posts.withdraw(request.db, request.user.id, post_id)


def _one(request: Request, post_id: int) -> shapes.Post:
    return next(iter(shaped(request, [posts.one(request.db, post_id)])))


def shaped(request: Request, rows: Sequence[Any]) -> Iterable[shapes.Post]:
    """Posts as they are sent; one query for their polls, none where there are none."""
    asked = polls.of_posts(request.db, rows, request.user.id)
    urls = request.app.urls
    post_link, user_link = urls.numbered("api.posts.show", "post_id"), urls.numbered("api.users.show", "user_id")
    page_link = urls.numbered("web.posts.show", "post_id")
    site = request.app.config.public_url.removesuffix(urls.mount)
    return [
        shapes.Post(
            id=str(row.id),
            body=row.body,
            language=row.language,
            mentions=list(row.mentions),
            created_at=row.created_at,
            edited_at=row.edited_at,
            author=author(request, row.author_id, row),
            poll=shaped_poll(request, asked[row.id]) if row.id in asked else None,
            url=site + page_link(row.id),
            links=shapes.PostLinks(self_=post_link(row.id), author=user_link(row.author_id)),
        )
        for row in rows
    ]
