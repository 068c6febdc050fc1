"""Timelines: everybody's posts, one person's, and those a reader follows, newest first."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, lateral, or_, select, true, union_all
from sqlalchemy.orm import Session

from ..framework.pagination import Listing, Window
from ..models import Follow, Post, User
from .posts import WITH_AUTHOR

FEW = 100  # people whose posts are cheaper asked for one by one than looked for among all
NEAR = 10  # posts are walked past in the time that it takes to ask for one person's


def _shown(*conditions: ColumnElement[bool]) -> Select:
    return WITH_AUTHOR.where(User.suspended_at.is_(None), *conditions)


def _everybody(window: Window) -> Select:
    return window.limit(_shown(), Post.id)


def _one_author(window: Window) -> Select:
    return window.limit(_shown(Post.author_id == bindparam("author_id")), Post.id)


def _followed(window: Window) -> Select:
    """A person's own posts and those of everyone they follow, found in one of two ways.

    far     each author's newest ids are read from the index on (author_id, id), as many as could be on the page, and merged: the
            work grows with the number of people followed and never with the number of posts there are;
    near    who follows many finds their page among the latest posts of all: walk back through these, and stop when the page is
            full. The walk is given up after NEAR posts for each person followed, which cost less than asking for each of them.
    """
    reader_id = bindparam("reader_id", type_=Integer)
    read = select(Follow.followed_id).where(Follow.follower_id == reader_id)
    latest = select(Post.id, Post.author_id).where(*window.ids(Post.id)).order_by(window.order(Post.id))
    walked = latest.limit(_walk(reader_id)).subquery("walked")
    # An OR cannot become a join, and Postgres could not stop a join of its choice where the page is full.
    is_read = or_(walked.c.author_id == reader_id, walked.c.author_id.in_(read))
    near = window.reach(select(walked.c.id).where(is_read, _is_by_member(walked.c.author_id)), walked.c.id)
    near = near.cte("near").prefix_with("MATERIALIZED")
    is_full = select(func.count() >= window.length).select_from(near).scalar_subquery()

    authors = union_all(select(reader_id.label("author_id")), read).subquery("authors")
    newest = lateral(window.reach(select(Post.id).where(Post.author_id == authors.c.author_id), Post.id), name="newest")
    merged = select(newest.c.id).select_from(authors).join(newest, true()).where(_is_by_member(authors.c.author_id), ~is_full)
    far = window.reach(merged, newest.c.id).subquery("far")
    either = union_all(select(near.c.id).where(is_full), select(far.c.id)).subquery("either")
    ids = window.limit(select(either.c.id), either.c.id).subquery("ids")
    return _shown().join(ids, ids.c.id == Post.id).order_by(window.order(Post.id))


def _walk(reader_id: ColumnElement[int]) -> ColumnElement[int]:
    """How many posts a reader's walk may take."""
    length = case((User.followed_count > FEW, User.followed_count * NEAR), else_=0)
    return func.coalesce(select(length).where(User.id == reader_id).scalar_subquery(), 0)


def _is_by_member(author_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Asked of one author after the other, and before a page is full: whoever is suspended must not take others' places."""
    return select(User.suspended_at.is_(None)).where(User.id == author_id).correlate_except(User).scalar_subquery()


everybody = Listing(_everybody)
one_author = Listing(_one_author)  # takes author_id
followed = Listing(_followed)  # takes reader_id


def history(db: Session, author_id: int) -> Iterator[Any]:
    """Everything a person has said, oldest first, fetched little by little."""
    said = select(Post.body, Post.created_at).where(Post.author_id == author_id).order_by(Post.id)
    yield from db.execute(said.execution_options(yield_per=500))
