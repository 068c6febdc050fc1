"""Posts: saying something, taking it back, and the one that a link points to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..framework.text import MENTION
from ..models import Post, User
from . import notifications, polls, search, tongues, users
from .checks import Checks
from .polls import NewPoll
from .refusals import Forbidden, NotFound

MOST_MENTIONS = 20  # beyond these a post speaks to a crowd, and nobody is told


def publish(
    db: Session, author_id: int, body: str, *, longest: int, nonce: str | None = None, poll: NewPoll | None = None
) -> int:
    """Say something to whoever reads this person, and ask them something with a poll; gives the post's id, also if the same form
    (nonce) has said it before."""
    with Checks() as check:
        body = check.text("body", body, longest=longest)
        poll = poll and polls.check_new(check, poll)
    mentioned = _mentioned(db, body)
    others = mentioned.keys() - {author_id}
    if others:
        others &= notifications.lock(db, {author_id, *others})
    language = tongues.detect(body)
    post_id = db.scalar(
        insert(Post)
        .values(
            author_id=author_id,
            body=body,
            language=language,
            nonce=nonce,
            mentions=sorted(mentioned.values()),
            has_poll=poll is not None,
            search=search.words_of(Post, author_id=author_id, body=body, language=language),
        )
        .on_conflict_do_nothing(index_elements=["author_id", "nonce"])
        .returning(Post.id)
    )
    if post_id is None:
        return db.scalars(select(Post.id).where(Post.author_id == author_id, Post.nonce == nonce)).one()
    if poll:
        polls.create(db, post_id, poll)
    _count(db, author_id, 1)
    notifications.tell_mentioned(db, others, author_id, post_id)
    return post_id


def edit(db: Session, author_id: int, post_id: int, body: str, *, longest: int) -> None:
    """Say one's own post otherwise. Somebody else's is Forbidden, one that is gone NotFound. Whom it mentions now is told."""
    with Checks() as check:
        body = check.text("body", body, longest=longest)
    mentioned = _mentioned(db, body)
    others = mentioned.keys() - {author_id}
    others &= notifications.lock(db, {author_id, *others})
    mine = update(Post).where(Post.id == post_id, Post.author_id == author_id, Post.body != body)
    changed = {
        "body": body,
        "language": tongues.detect(body),
        "mentions": sorted(mentioned.values()),
        "edited_at": func.now(),
    }
    edited = mine.values(changed).returning(Post.id).execution_options(synchronize_session=False)
    if db.scalar(edited) is None:
        check_own(db, author_id, post_id)  # else it says that already
        return
    search.index_post(db, post_id)
    notifications.tell_mentioned(db, others, author_id, post_id)


def withdraw(db: Session, author_id: int, post_id: int) -> None:
    """Take one's own post back. Somebody else's is Forbidden; one that is gone is NotFound."""
    check_own(db, author_id, post_id, Message("You can only delete your own posts."))
    notifications.forget_post(db, author_id, post_id)
    if db.scalar(delete(Post).where(Post.id == post_id, Post.author_id == author_id).returning(Post.id)) is None:
        raise not_found()
    _count(db, author_id, -1)


def check_own(
    db: Session,
    author_id: int,
    post_id: int,
    refusal: Message = Message("You can only edit your own posts."),  # noqa: B008
) -> None:
    """Nothing for a person's own post; NotFound for one that is not there or nobody may see, Forbidden for somebody else's."""
    owner = db.scalar(OWNER, {"post_id": post_id})
    if owner is None:
        raise not_found()
    if owner != author_id:
        raise Forbidden(refusal)


OWNER = select(Post.author_id).join(User).where(Post.id == bindparam("post_id"), User.suspended_at.is_(None))


def not_found() -> NotFound:
    return NotFound(Message("This post does not exist any more."))


# What is shown of a post wherever it stands; the order is the order of the fields everywhere.
SHOWN = (
    Post.id,
    Post.body,
    Post.language,
    Post.mentions,
    Post.has_poll,
    Post.created_at,
    Post.edited_at,
    Post.author_id,
    User.username,
    User.display_name,
    User.avatar_version,
)

ONE = Statement(
    select(*SHOWN).join(User, User.id == Post.author_id).where(Post.id == bindparam("post_id"), User.suspended_at.is_(None))
)


def one(db: Session, post_id: int) -> Any:
    """A post as it is shown."""
    found = ONE.one_or_none(db, post_id=post_id)
    if found is None:
        raise not_found()
    return found


SEVERAL = Statement(
    select(*SHOWN)
    .join(User, User.id == Post.author_id)
    .where(Post.id == any_(bindparam("ids", type_=ARRAY(BigInteger))), User.suspended_at.is_(None))
)


def several(db: Session, ids: Sequence[int]) -> list[Any]:
    """Posts as they are shown, in the order of their ids here; those that are gone or nobody may see are left out."""
    found = {row.id: row for row in SEVERAL.all(db, ids=list(ids))}
    return [found[post_id] for post_id in ids if post_id in found]


def _mentioned(db: Session, body: str) -> dict[int, str]:
    handles = {handle.lower(): None for handle in MENTION.findall(body)}
    return users.usernames(db, list(handles)[:MOST_MENTIONS])


def _count(db: Session, author_id: int, change: int) -> None:
    db.execute(
        update(User)
        .where(User.id == author_id)
        .values(post_count=User.post_count + change)
        .execution_options(synchronize_session=False)
    )
