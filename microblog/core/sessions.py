"""Logins of people with a browser: opened, recognised, ended; the database clock says when they are over."""

import hashlib
from collections import namedtuple
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval as SqlInterval
from sqlalchemy import Select, bindparam, delete, func, select, true, update
from sqlalchemy.orm import Session as Db

from ..framework.statements import Statement
from ..models import Session, Task, User
from . import audit, notifications

REMEMBERED_FOR = timedelta(days=365)
IDLE_FOR = timedelta(hours=24)  # a session that is not remembered ends after so long without a visit
MOST_USER_AGENT = 255

# A visit is noted at most so often: reading must not mean writing.
NOTED_EVERY = timedelta(minutes=1)

# How long a password that was shown in a session stands for what wants one.
CONFIRMED_FOR = timedelta(minutes=10)


def digest(secret: str) -> bytes:
    """What is stored of a session's secret."""
    return hashlib.sha256(secret.encode()).digest()


def start(db: Db, user_id: int, secret: str, *, remember: bool, address: str, user_agent: str) -> None:
    """Begin a session for a person who has just shown who they are."""
    db.add(
        Session(
            digest=digest(secret),
            user_id=user_id,
            expires_at=func.now() + (REMEMBERED_FOR if remember else IDLE_FOR),
            remembered=remember,
            address=address,
            user_agent=user_agent[:MOST_USER_AGENT],
        )
    )
    db.flush()


# The tasks a person can watch, as JSON; None if there are none.
OPEN_TASKS = (
    select(
        func.json_agg(
            func.json_build_object("id", Task.id, "description", Task.description, "progress", Task.progress),
        )
    )
    .where(Task.user_id == User.id, Task.complete.is_(False))
    .correlate(User)
    .scalar_subquery()
)


LAST = func.least(User.last_seen_at, Session.last_used_at)
PERSON: tuple[Any, ...] = (
    User.id,
    User.username,
    User.display_name,
    User.language,
    User.avatar_version,
    User.is_admin,
    User.post_count,
    User.unread_message_count,
    User.unread_notification_count,
    OPEN_TASKS.label("open_tasks"),
    (func.now() - LAST > bindparam("rest", NOTED_EVERY, SqlInterval)).label("is_due"),
    (Session.confirmed_at > func.now() - bindparam("confirmed_for", CONFIRMED_FOR, SqlInterval)).label("is_confirmed"),
)


def _logged_in(*columns: Any) -> Select[Any]:
    joined = select(*columns).select_from(User).join(Session, Session.user_id == User.id)
    return joined.where(Session.digest == bindparam("digest"), Session.expires_at > func.now(), User.suspended_at.is_(None))


VISITOR = Statement(_logged_in(*PERSON))
LISTENER = Statement(_logged_in(User.id, User.language, notifications.signals_of(User.id).label("signals")))


def visitor(db: Db, secret: str) -> Any:
    """The person whose session has this secret, or None: one query. `is_due` says whether their visit should be noted."""
    return VISITOR.one_or_none(db, digest=digest(secret))


def listener(db: Db, secret: str, since: float) -> Any:
    """The same for an open page of theirs that asks for news: no more of the person than their language, and with it `signals`
    that are newer than `since` as a JSON array."""
    return LISTENER.one_or_none(db, digest=digest(secret), since=since)


class Together:
    """What finds a person and the one thing that a page of theirs is about in a single query."""

    def __init__(self, thing: Select[*tuple[Any, ...]]) -> None:
        """`thing` gives a row at most, which has an `id`."""
        beside = thing.subquery("thing")
        columns = [column.label(f"thing_{column.key}") for column in beside.c]
        self._statement = Statement(_logged_in(*PERSON, *columns).outerjoin(beside, true()))
        self._thing: Any = namedtuple("Thing", beside.c.keys())  # type: ignore[misc]

    def find(self, db: Db, secret: str, **values: Any) -> tuple[Any, Any]:
        """The person as `visitor` gives them, and the thing; None for either that is not there, and nothing for a stranger."""
        found = self._statement.one_or_none(db, digest=digest(secret), **values)
        return found, self._thing._make(found[len(PERSON) :]) if found and found.thing_id is not None else None


def confirm(db: Db, secret: str) -> None:
    """The person has just shown their password in this session."""
    db.execute(update(Session).where(Session.digest == digest(secret)).values(confirmed_at=func.now()))


NOTE_VISIT = Statement(
    update(Session)
    .where(Session.digest == bindparam("of_secret"))
    .values(last_used_at=func.now(), expires_at=func.greatest(Session.expires_at, func.now() + IDLE_FOR))
    .add_cte(update(User).where(User.id == bindparam("visitor_id")).values(last_seen_at=func.now()).cte("seen"))
)


def note_visit(db: Db, secret: str, user_id: int) -> None:
    """Remember that the person was here just now, and put off the end of a session that is not remembered: one statement."""
    NOTE_VISIT.all(db, of_secret=digest(secret), visitor_id=user_id)


def end(db: Db, secret: str) -> None:
    """End one session; one that is over already is no error."""
    user_id = db.scalar(delete(Session).where(Session.digest == digest(secret)).returning(Session.user_id))
    if user_id is not None:
        audit.note(db, "logged_out", user_id)


def end_others(db: Db, user_id: int, secret: str) -> None:
    """End every session of a person but the one with this secret, as they wish."""
    end_all(db, user_id, but=secret)
    audit.note(db, "sessions_ended", user_id)


def end_all(db: Db, user_id: int, *, but: str | None = None) -> None:
    """End every session of a person, but the one with this secret."""
    others = [] if but is None else [Session.digest != digest(but)]
    db.execute(delete(Session).where(Session.user_id == user_id, *others))


# What a session is called in public: a digest of the digest, so that a page of them lets nobody in.
public_mark = func.substr(func.encode(func.sha256(Session.digest), "hex"), 1, 16)
MOST_SHOWN = 100

OF = (
    select(
        public_mark.label("mark"),
        Session.created_at,
        Session.last_used_at,
        Session.address,
        Session.user_agent,
        (Session.digest == bindparam("digest")).label("is_this"),
    )
    .where(Session.user_id == bindparam("user_id"), Session.expires_at > func.now())
    .order_by((Session.digest == bindparam("digest")).desc(), Session.last_used_at.desc(), Session.digest)
    .limit(MOST_SHOWN)
)


def of(db: Db, user_id: int, secret: str) -> Sequence[Any]:
    """Where a person is logged in, at most a hundred: this session first, then the last used."""
    return db.execute(OF, {"user_id": user_id, "digest": digest(secret)}).all()


def end_marked(db: Db, user_id: int, mark: str) -> None:
    """End that of a person's sessions which a page calls by this mark; one that is over already is no error."""
    ended = delete(Session).where(Session.user_id == user_id, public_mark == mark)
    if db.scalars(ended.returning(Session.user_id)).all():
        audit.note(db, "sessions_ended", user_id)


def sweep(db: Db) -> int:
    """Forget sessions that are over; gives how many."""
    return len(db.scalars(delete(Session).where(Session.expires_at < func.now()).returning(Session.digest)).all())
