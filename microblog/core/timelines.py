"""Timelines: everybody's posts, one person's, and those a reader follows, newest first."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, lateral, select, true, union_all
from sqlalchemy.orm import Session

from ..framework.pagination import Listing, Window
from ..models import Follow, Post, User
from .posts import SHOWN


def _shown(*conditions: ColumnElement[bool]) -> Select:
    return select(*SHOWN).join(User, User.id == Post.author_id).where(User.suspended_at.is_(None), *conditions)


def _everybody(window: Window) -> Select:
    return window.limit(_shown(), Post.id)


def _one_author(window: Window) -> Select:
    return window.limit(_shown(Post.author_id == bindparam("author_id")), Post.id)


def _followed(window: Window) -> Select:
    """A person's own posts and those of everyone they follow.

    Each author's newest ids are read from the index on (author_id, id), as many as could be on the page, and merged: the work
    grows with the number of people followed and never with the number of posts there are.
    """
    reader_id = bindparam("reader_id", type_=Integer)
    authors = union_all(
        select(reader_id.label("author_id")),
        select(Follow.followed_id).where(Follow.follower_id == reader_id),
    ).subquery("authors")
    newest = lateral(window.reach(select(Post.id).where(Post.author_id == authors.c.author_id), Post.id), name="newest")
    ids = window.limit(select(newest.c.id).select_from(authors).join(newest, true()), newest.c.id).subquery("ids")
    return _shown().join(ids, ids.c.id == Post.id).order_by(window.order(Post.id))


everybody = Listing(_everybody)
one_author = Listing(_one_author)  # takes author_id
followed = Listing(_followed)  # takes reader_id


def history(db: Session, author_id: int) -> Iterator[Any]:
    """Everything a person has said, oldest first, fetched little by little."""
    said = select(Post.body, Post.created_at).where(Post.author_id == author_id).order_by(Post.id)
    yield from db.execute(said.execution_options(yield_per=500))
