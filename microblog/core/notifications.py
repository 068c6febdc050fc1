"""What people are told: a list for them to read, and signals of which an open page asks for the newest."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    Select,
    String,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, aggregate_order_by, insert
from sqlalchemy.orm import Session

from ..framework.languages import Message as Sentence
from ..framework.pagination import IdColumn, Listing
from ..framework.statements import Statement
from ..models import Notification, Post, Signal, Task, User
from .refusals import NotFound

MOST_SIGNALS = 100  # in one answer; a page that was left that far behind asks again
STEP = 0.000_001  # seconds between two signals of a person at least, within what a double can tell apart
READ_KEPT_FOR = timedelta(days=90)
PROGRESS_KEPT_FOR = timedelta(days=1)

# Signals


def signal(db: Session, user_id: int, name: str, payload: Any, subject: str = "") -> None:
    """Tell a person's open pages the newest state of something; of each name and subject only the newest is kept.

    The person's row is locked first and until the end of the transaction, so that later signals are committed later:
    a page that has seen one has seen all before it.
    """
    owner = select(User.id).where(User.id == user_id).with_for_update(key_share=True).cte("owner")
    db.execute(_put(select(owner.c.id, literal(name), literal(subject), literal(payload, JSONB)), owner))


def signal_count(db: Session, user_ids: Collection[int], name: str, change: int) -> None:
    """Change one of the counters of people and tell their pages: the counter and its signal have the same name.

    Where there may be several people, `lock` them first.
    """
    column = getattr(User, name)
    changed = update(User).where(User.id.in_(user_ids)).values({column: column + change})
    counted = changed.returning(User.id, column.label("count")).cte("counted")
    db.execute(put_count(counted, name))


def put_count(counted: CTE, name: str) -> Insert:
    """The statement that signals counts; `counted` are rows of people that are being changed: `id` and `count`."""
    return _put(select(counted.c.id, literal(name), literal(""), func.to_jsonb(counted.c.count)), counted)


def lock(db: Session, user_ids: Collection[int]) -> set[int]:
    """Lock the rows of people whose counters are about to change; gives those of them who are still there.

    People come before everything that is theirs, and in id order, wherever rows are locked: so nobody waits in a circle.
    """
    return {row.id for row in LOCK.all(db, ids=list(user_ids))}


LOCK = Statement(
    select(User.id)
    .where(User.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    .order_by(User.id)
    .with_for_update(key_share=True)
)
MEET = Statement(
    select(User.id, User.username)
    .where(
        or_(
            User.id == bindparam("user_id", type_=Integer),
            and_(func.lower(User.username) == any_(bindparam("names", type_=ARRAY(Text))), User.suspended_at.is_(None)),
        )
    )
    .order_by(User.id)
    .with_for_update(key_share=True)
)


def meet(db: Session, user_id: int, names: Collection[str]) -> dict[int, str]:
    """`lock` a person, and with them those who have these names, whatever their case; gives these: id to the name as its owner
    writes it. One query."""
    wanted = [name.lower() for name in names]
    return {row.id: row.username for row in MEET.all(db, user_id=user_id, names=wanted) if row.username.lower() in wanted}


def _signals(user_id: IdColumn) -> Select[Any]:
    return (
        select(Signal.name, Signal.payload.label("data"), Signal.timestamp)
        .where(Signal.user_id == user_id, Signal.timestamp > bindparam("since", type_=Double))
        .order_by(Signal.timestamp)
        .limit(MOST_SIGNALS)
    )


SIGNALS = Statement(_signals(bindparam("user_id", type_=Integer)))


def signals(db: Session, user_id: int, since: float) -> list[dict[str, Any]]:
    """A person's signals that are newer than `since` (Unix time), the oldest first: one query."""
    return [row._asdict() for row in SIGNALS.all(db, user_id=user_id, since=since)]


def signals_of(user_id: IdColumn) -> ColumnElement[str]:
    """The same as a JSON array, for a statement about a person; it takes `since`."""
    newer = _signals(user_id).correlate(User).subquery("newer")  # or it would be everybody's
    columns = [part for column in newer.c for part in (literal_column(f"'{column.name}'"), column)]
    array = func.json_agg(aggregate_order_by(func.json_build_object(*columns), newer.c.timestamp))
    return func.coalesce(cast(select(array).scalar_subquery(), Text), "[]")


def _put(rows: Select[Any], owner: CTE) -> Insert:
    """Store signals: rows of person, name, subject and payload. Their time is read when the person's row is locked."""
    now = cast(func.extract("epoch", func.clock_timestamp()), Double)
    last = select(func.max(Signal.timestamp)).where(Signal.user_id == owner.c.id).scalar_subquery()
    row = insert(Signal).from_select(
        ["user_id", "name", "subject", "payload", "timestamp"], rows.add_columns(func.greatest(now, last + STEP))
    )
    return row.on_conflict_do_update(
        index_elements=["user_id", "name", "subject"],
        set_={
            "payload": row.excluded.payload,
            "timestamp": func.greatest(row.excluded.timestamp, Signal.timestamp + STEP),
        },
    ).execution_options(synchronize_session=False)


# The list


def tell_follow(db: Session, user_id: int, follower_id: int) -> None:
    """Tell a person that somebody reads them now; once, however often somebody comes and goes."""
    _tell(db, "follow", [user_id], follower_id)


def tell_mentioned(db: Session, user_ids: Collection[int], author_id: int, post_id: int) -> None:
    """Tell people that a post speaks of them. With the author's row theirs are `lock`ed already."""
    _tell(db, "mention", user_ids, author_id, post_id)


def tell_poll(db: Session, user_ids: Collection[int], author_id: int, post_id: int) -> None:
    """Tell people that a poll in which they take part is closed. Their rows and the author's are `lock`ed already."""
    _tell(db, "poll", user_ids, author_id, post_id)


def tell_task(db: Session, user_id: int, job_id: int | None) -> None:
    """Tell a person that their task is over."""
    _tell(db, "task", [user_id], None, job_id)


def tell_message(db: Session, user_id: int, sender_id: int) -> None:
    """Tell a person that somebody has written to them: one line a sender, which rises again when it has been read."""
    row = insert(Notification).values(user_id=user_id, kind="message", actor_id=sender_id)
    told = row.on_conflict_do_update(
        index_elements=["user_id", "kind", "actor_id", "subject_id"],
        set_={"id": func.next_id(), "created_at": func.now(), "read_at": None},
        where=Notification.read_at.is_not(None),
    )
    if db.scalar(told.returning(Notification.user_id)):
        signal_count(db, [user_id], "unread_notification_count", 1)


def _tell(db: Session, kind: str, user_ids: Collection[int], actor_id: int | None, subject_id: int | None = None) -> None:
    if not user_ids:
        return
    TELL.all(db, people=sorted(user_ids), kind=kind, actor=actor_id, subject=subject_id)


def _telling(*line: Any) -> Insert:
    """The statement that tells people something once, counts it and signals the count: `people` are their ids, the line says what
    kind of thing it is, who has done it, and what it is about."""
    each = func.unnest(bindparam("people", type_=ARRAY(Integer))).column_valued("person")
    row = insert(Notification).from_select(["user_id", "kind", "actor_id", "subject_id"], select(each, *line))
    told = row.on_conflict_do_nothing().returning(Notification.user_id).cte("told")
    changed = update(User).where(User.id == told.c.user_id)
    changed = changed.values(unread_notification_count=User.unread_notification_count + 1)
    counted = changed.returning(User.id, User.unread_notification_count.label("count")).cte("counted")
    return put_count(counted, "unread_notification_count")


TELL = Statement(
    _telling(bindparam("kind", type_=String), bindparam("actor", type_=Integer), bindparam("subject", type_=BigInteger))
)


def telling_of(said: CTE) -> Insert:
    """What tells `people` that a post speaks of them, as a part of the statement that says it: `said` gives its `id` and
    `author_id`. With the author's row theirs are `lock`ed already."""
    return _telling(literal("mention"), said.c.author_id, said.c.id)


ABOUT_POST = Notification.kind.in_(("mention", "poll"))
TASK_OF_LINE = and_(Notification.kind == "task", Task.user_id == Notification.user_id, Task.job_id == Notification.subject_id)


def _lines() -> Select:
    """A person's list with what each line needs: who did it, the post or the task it is about."""
    return (
        select(
            Notification.id,
            Notification.kind,
            Notification.created_at,
            Notification.read_at,
            Notification.subject_id,
            User.id.label("actor_id"),
            User.username,
            User.display_name,
            User.avatar_version,
            Post.body.label("post_body"),
            Task.description,
            Task.failed,
        )
        .outerjoin(User, User.id == Notification.actor_id)
        .outerjoin(Post, and_(ABOUT_POST, Post.id == Notification.subject_id))
        .outerjoin(Task, TASK_OF_LINE)
        .where(Notification.user_id == bindparam("user_id"), User.suspended_at.is_(None))
    )


told = Listing(lambda window: window.limit(_lines(), Notification.id))  # takes user_id
ONE = _lines().where(Notification.id == bindparam("notification_id", type_=BigInteger))


def one(db: Session, user_id: int, notification_id: int) -> Any:
    """One line of a person's own list, left as it is."""
    found = db.execute(ONE, {"user_id": user_id, "notification_id": notification_id}).one_or_none()
    if found is None:
        raise not_found()
    return found


def not_found() -> NotFound:
    return NotFound(Sentence("This notification is not there any more."))


def open_one(db: Session, user_id: int, notification_id: int) -> Any:
    """Mark one line of a person's own list as read and give it: its kind, its subject's id, the actor's username, and for a
    task that has brought something its id."""
    found = db.execute(
        select(Notification.kind, Notification.subject_id, User.username, Task.id.label("task_id"))
        .outerjoin(User, User.id == Notification.actor_id)
        .outerjoin(Task, and_(TASK_OF_LINE, Task.result.is_not(None)))
        .where(Notification.id == notification_id, Notification.user_id == user_id)
    ).one_or_none()
    if found is None:
        raise not_found()
    mark_read(db, user_id, notification_id=notification_id)
    return found


def mark_read(db: Session, user_id: int, *, notification_id: int | None = None) -> int:
    """Mark a person's list as read, or one line of it; gives how many lines were not."""
    which = [] if notification_id is None else [Notification.id == notification_id]
    return _mark_read(db, user_id, *which)


def mark_messages_read(db: Session, user_id: int, sender_id: int | None = None) -> int:
    """Mark the lines that say that people, or one of them, have written as read, for their messages are; gives how many."""
    which = [] if sender_id is None else [Notification.actor_id == sender_id]
    return _mark_read(db, user_id, Notification.kind == "message", *which)


def _mark_read(db: Session, user_id: int, *conditions: Any) -> int:
    """One statement, exact whether or not a transaction is round it: the counter falls by what was found unread and no more."""
    unread = Notification.user_id == user_id, Notification.read_at.is_(None), *conditions
    owner = select(User.id).where(User.id == user_id, exists().where(*unread)).with_for_update(key_share=True).cte("owner")
    found = update(Notification).where(*unread, Notification.user_id == owner.c.id).values(read_at=func.now())
    read = found.returning(Notification.id).cte("read")
    number = select(func.count()).select_from(read).scalar_subquery()
    changed = update(User).where(User.id == user_id, exists(select(read.c.id)))
    changed = changed.values(unread_notification_count=User.unread_notification_count - number)
    counted = changed.returning(User.id, User.unread_notification_count.label("count")).cte("counted")
    told = put_count(counted, "unread_notification_count").cte("told")
    return db.scalars(select(number).add_cte(told)).one()


def forget_post(db: Session, author_id: int, post_id: int) -> None:
    """Take the lines about a post away, before the post goes: the rows of its author and of those who were told are locked, and
    from then on nobody is told of it."""
    about_it = ABOUT_POST, Notification.subject_id == post_id
    lock(db, {author_id, *db.scalars(select(Notification.user_id).where(*about_it))})
    gone = delete(Notification).where(*about_it).returning(Notification.user_id, Notification.read_at)
    unread = [row.user_id for row in db.execute(gone) if not row.read_at]
    if unread:
        signal_count(db, unread, "unread_notification_count", -1)


def forget_person(db: Session, person_id: int) -> None:
    """Take the lines away that others have about a person who leaves. Whoever is in touch with them is `lock`ed already."""
    gone = delete(Notification).where(Notification.actor_id == person_id)
    lines = gone.returning(Notification.user_id, Notification.read_at).cte("lines")
    loss = (
        select(lines.c.user_id, func.count().label("less")).where(lines.c.read_at.is_(None)).group_by(lines.c.user_id).subquery()
    )
    changed = update(User).where(User.id == loss.c.user_id)
    changed = changed.values(unread_notification_count=User.unread_notification_count - loss.c.less)
    counted = changed.returning(User.id, User.unread_notification_count.label("count")).cte("counted")
    db.execute(put_count(counted, "unread_notification_count"))


def sweep(db: Session) -> None:
    """Forget lines that are old and have been read, found by their ids, which tell the time; and the progress of old tasks."""
    first = cast(func.extract("epoch", func.now() - READ_KEPT_FOR) * 1000, BigInteger).bitwise_lshift(16)
    db.execute(delete(Notification).where(Notification.id < first, Notification.read_at.is_not(None)))
    old = cast(func.extract("epoch", func.now() - PROGRESS_KEPT_FOR), Double)
    db.execute(delete(Signal).where(Signal.subject != "", Signal.timestamp < old))
