"""Following and unfollowing, with counters that are right however many do it at once."""

from sqlalchemy import CTE, Integer, bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..models import Follow, User
from . import notifications, users
from .refusals import Conflict


def follow(db: Session, follower_id: int, username: str) -> str:
    """Read somebody from now on; gives their name as they write it. Following twice is following."""
    followed_id, name = _met(db, follower_id, username)
    _follow(db, follower_id, followed_id)
    return name


def follow_by_id(db: Session, follower_id: int, followed_id: int) -> None:
    """The same for the person with this id, whom somebody has looked up."""
    notifications.lock(db, (follower_id, followed_id))  # before anything that refers to them: see users.erase
    _follow(db, follower_id, followed_id)


def _follow(db: Session, follower_id: int, followed_id: int) -> None:
    if followed_id == follower_id:
        raise Conflict(Message("You cannot follow yourself!"))
    if FOLLOW.all(db, by=follower_id, whom=followed_id):
        notifications.tell_follow(db, followed_id, follower_id)


def unfollow(db: Session, follower_id: int, username: str) -> str:
    """Read somebody no longer; gives their name as they write it. Not having read them is no error."""
    followed_id, name = _met(db, follower_id, username)
    _unfollow(db, follower_id, followed_id)
    return name


def unfollow_by_id(db: Session, follower_id: int, followed_id: int) -> None:
    """The same for the person with this id, whom somebody has looked up."""
    notifications.lock(db, (follower_id, followed_id))
    _unfollow(db, follower_id, followed_id)


def _unfollow(db: Session, follower_id: int, followed_id: int) -> None:
    if followed_id == follower_id:
        raise Conflict(Message("You cannot unfollow yourself!"))
    UNFOLLOW.all(db, by=follower_id, whom=followed_id)


def _met(db: Session, follower_id: int, username: str) -> tuple[int, str]:
    """Whom the name belongs to; their row and the follower's are locked."""
    found = notifications.meet(db, follower_id, [username])
    if not found:
        raise users.not_found(username)
    return next(iter(found.items()))


BY, WHOM = bindparam("by", type_=Integer), bindparam("whom", type_=Integer)


def _counted(changed: CTE, change: int) -> Statement:
    """The statement that changes a row of who follows whom and both counters, whose rows are locked; it gives a row if there was
    something to change."""
    both = update(User).where(User.id.in_((BY, WHOM)), changed.c.follower_id == BY)
    both = both.values(
        followed_count=User.followed_count + case((User.id == BY, change), else_=0),
        follower_count=User.follower_count + case((User.id == WHOM, change), else_=0),
    )
    return Statement(select(changed.c.followed_id).add_cte(both.cte("counted")))


ENDS = Follow.follower_id, Follow.followed_id
FOLLOW = _counted(
    insert(Follow).values(follower_id=BY, followed_id=WHOM).on_conflict_do_nothing().returning(*ENDS).cte("begun"), 1
)
UNFOLLOW = _counted(delete(Follow).where(ENDS[0] == BY, ENDS[1] == WHOM).returning(*ENDS).cte("ended"), -1)
