"""Posts: saying something, taking it back, and the one that a link points to."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Integer,
    String,
    Text,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..framework.statements import Statement
from ..framework.text import MENTION
from ..models import Post, User
from . import notifications, polls, search, sessions, tongues
from .checks import Checks
from .polls import NewPoll
from .queries import Wanted
from .refusals import Forbidden, NotFound

MOST_MENTIONS = 20  # beyond these a post speaks to a crowd, and nobody is told


def publish(
    db: Session, author_id: int, body: str, *, longest: int, nonce: str | None = None, poll: NewPoll | None = None
) -> int:
    """Say something to whoever reads this person, and ask them something with a poll; gives the post's id, also if the same form
    (nonce) has said it before."""
    post_id: int = say(db, author_id, body, longest=longest, nonce=nonce, poll=poll).id
    return post_id


def say(db: Session, author_id: int, body: str, *, longest: int, nonce: str | None = None, poll: NewPoll | None = None) -> Any:
    """The same; gives the post as it is shown. One statement, and before it another where somebody is mentioned."""
    with Checks() as check:
        body = check.text("body", body, longest=longest)
        poll = poll and polls.check_new(check, poll)
    mentioned = _mentioned(db, author_id, body)
    others = mentioned.keys() - {author_id}
    language = tongues.detect(body)
    said = SAY[poll is not None, bool(others)].one_or_none(
        db,
        speaker=author_id,
        words=body,
        tongue=language,
        form=nonce,
        names=sorted(mentioned.values()),
        found_by=search.text_of(Post, author_id=author_id, body=body, language=language),
        people=sorted(others),
        **polls.asked(poll),
    )
    return said or BY_FORM.one_or_none(db, speaker=author_id, form=nonce)


def edit(db: Session, author_id: int, post_id: int, body: str, *, longest: int) -> None:
    """Say one's own post otherwise. Somebody else's is Forbidden, one that is gone NotFound. Whom it mentions now is told."""
    with Checks() as check:
        body = check.text("body", body, longest=longest)
    mentioned = _mentioned(db, author_id, body)
    others = mentioned.keys() - {author_id}
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

WITH_AUTHOR = select(*SHOWN).join(User, User.id == Post.author_id)
SHOWN_ONE = WITH_AUTHOR.where(Post.id == bindparam("post_id"), User.suspended_at.is_(None))
ONE = Statement(SHOWN_ONE)
WITH_READER = sessions.Together(SHOWN_ONE)  # takes post_id


def one(db: Session, post_id: int) -> Any:
    """A post as it is shown."""
    found = ONE.one_or_none(db, post_id=post_id)
    if found is None:
        raise not_found()
    return found


def found(db: Session, engine: search.Engine, wanted: Wanted, *, number: int, size: int) -> search.Found:
    """A page of the posts that are found, as they are shown."""
    return search.posts(db, engine, wanted, WITH_AUTHOR, number=number, size=size)


SPEAKER, FORM = bindparam("speaker", type_=Integer), bindparam("form", type_=String)


def _saying(asks: bool, tells: bool) -> Statement:
    """The statement that says something, counts it, and gives the post as it is shown; nothing where the form has said it before.
    With it go the poll, if the post `asks` something, and what those are told whom it mentions, whose rows are locked by then."""
    row = insert(Post).values(
        author_id=SPEAKER,
        body=bindparam("words", type_=String),
        language=bindparam("tongue", type_=String),
        nonce=FORM,
        mentions=bindparam("names", type_=ARRAY(String)),
        has_poll=literal_column(str(asks).lower(), Boolean),
        search=search.said_now(bindparam("found_by", type_=Text)),
    )
    columns = [column for column in SHOWN if column.table is Post.__table__]
    said = row.on_conflict_do_nothing(index_elements=["author_id", "nonce"]).returning(*columns).cte("said")
    more = update(User).where(User.id == said.c.author_id).values(post_count=User.post_count + 1)
    author = more.returning(User.username, User.display_name, User.avatar_version).cte("author")
    parts = [*polls.asking(said)] if asks else []
    if tells:
        parts.append(notifications.telling_of(said).cte("signalled"))
    shown = select(*said.c, *author.c).select_from(said.join(author, true()))
    return Statement(shown.add_cte(*parts))


SAY = {(asks, tells): _saying(asks, tells) for asks in (False, True) for tells in (False, True)}
BY_FORM = Statement(WITH_AUTHOR.where(Post.author_id == SPEAKER, Post.nonce == FORM))


def _mentioned(db: Session, author_id: int, body: str) -> dict[int, str]:
    """Whom a text mentions: id to username. Their rows and the author's are locked, as whoever tells them needs it; nobody's
    where no name is mentioned."""
    handles = {handle.lower(): None for handle in MENTION.findall(body)}
    return notifications.meet(db, author_id, list(handles)[:MOST_MENTIONS]) if handles else {}


def _count(db: Session, author_id: int, change: int) -> None:
    db.execute(
        update(User)
        .where(User.id == author_id)
        .values(post_count=User.post_count + change)
        .execution_options(synchronize_session=False)
    )
