"""Following and unfollowing, with counters that are right however many do it at once."""

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Follow, User
from . import notifications, users
from .refusals import Conflict


def follow(db: Session, follower_id: int, username: str) -> str:
    """Read somebody from now on; gives their name as they write it. Following twice is following."""
    followed_id, name = _found(db, username)
    follow_by_id(db, follower_id, followed_id)
    return name


def follow_by_id(db: Session, follower_id: int, followed_id: int) -> None:
    """The same for the person with this id, whom somebody has looked up."""
    if followed_id == follower_id:
        raise Conflict(Message("You cannot follow yourself!"))
    notifications.lock(db, (follower_id, followed_id))  # before anything that refers to them: see users.erase
    row = insert(Follow).values(follower_id=follower_id, followed_id=followed_id)
    if db.scalar(row.on_conflict_do_nothing().returning(Follow.followed_id)):
        _count(db, follower_id, followed_id, 1)
        notifications.tell_follow(db, followed_id, follower_id)


def unfollow(db: Session, follower_id: int, username: str) -> str:
    """Read somebody no longer; gives their name as they write it. Not having read them is no error."""
    followed_id, name = _found(db, username)
    unfollow_by_id(db, follower_id, followed_id)
    return name


def unfollow_by_id(db: Session, follower_id: int, followed_id: int) -> None:
    """The same for the person with this id, whom somebody has looked up."""
    if followed_id == follower_id:
        raise Conflict(Message("You cannot unfollow yourself!"))
    notifications.lock(db, (follower_id, followed_id))
    row = delete(Follow).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    if db.scalar(row.returning(Follow.followed_id)):
        _count(db, follower_id, followed_id, -1)


def _found(db: Session, username: str) -> tuple[int, str]:
    found = users.usernames(db, [username])
    if not found:
        raise users.not_found(username)
    return next(iter(found.items()))


def _count(db: Session, follower_id: int, followed_id: int, change: int) -> None:
    """Both counters, the lower id first: two people who follow each other at once must not wait for one another."""
    for user_id in sorted((follower_id, followed_id)):
        column = User.followed_count if user_id == follower_id else User.follower_count
        db.execute(
            update(User).where(User.id == user_id).values({column: column + change}).execution_options(synchronize_session=False)
        )
