"""Messages between two people: sending, the inbox, conversations, and what of them has been read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Integer, Select, String, bindparam, cast, exists, func, select, update
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session, aliased

from ..framework.languages import Message as Sentence
from ..framework.pagination import Listing, Window
from ..models import Conversation, Message, User
from . import notifications, users
from .checks import Checks
from .refusals import Conflict, NotFound


def send(db: Session, sender_id: int, username: str, body: str, *, longest: int, nonce: str | None = None) -> int:
    """Write to somebody; gives the message's id, also if the same form (nonce) has sent it before.

    Nobody of that name is NotFound, oneself a Conflict.
    """
    recipient_id = partner(db, sender_id, username).id
    with Checks() as check:
        body = check.text("body", body, longest=longest)
    notifications.lock(db, (sender_id, recipient_id))
    message_id = db.scalar(
        insert(Message)
        .values(sender_id=sender_id, recipient_id=recipient_id, body=body, nonce=nonce)
        .on_conflict_do_nothing(index_elements=["sender_id", "nonce"])
        .returning(Message.id)
    )
    if message_id is None:
        return db.scalars(select(Message.id).where(Message.sender_id == sender_id, Message.nonce == nonce)).one()
    _lengthen(db, sender_id, recipient_id, message_id)
    notifications.tell_message(db, recipient_id, sender_id)
    notifications.signal_count(db, [recipient_id], "unread_message_count", 1)
    return message_id


def _lengthen(db: Session, sender_id: int, recipient_id: int, message_id: int) -> None:
    """Both sides of the conversation, that of the lower id first."""
    sides = [
        {"user_id": sender_id, "other_id": recipient_id, "last_message_id": message_id, "unread_count": 0},
        {"user_id": recipient_id, "other_id": sender_id, "last_message_id": message_id, "unread_count": 1},
    ]
    row = insert(Conversation).values(sorted(sides, key=lambda side: side["user_id"]))
    db.execute(
        row.on_conflict_do_update(
            index_elements=["user_id", "other_id"],
            set_={
                "last_message_id": func.greatest(Conversation.last_message_id, row.excluded.last_message_id),
                "unread_count": Conversation.unread_count + row.excluded.unread_count,
            },
        ).execution_options(synchronize_session=False)
    )


PARTNERS = select(User.id, User.username, User.display_name, User.avatar_version).where(User.suspended_at.is_(None))
PARTNER = PARTNERS.where(func.lower(User.username) == func.lower(bindparam("username")))
PARTNER_BY_ID = PARTNERS.where(User.id == bindparam("other_id", type_=BigInteger))


def partner(db: Session, user_id: int, username: str) -> Any:
    """Somebody to write to: id and names. Nobody of that name is NotFound, oneself a Conflict."""
    found = db.execute(PARTNER, {"username": username}).one_or_none()
    if found is None:
        raise users.not_found(username)
    return _other(found, user_id)


def partner_by_id(db: Session, user_id: int, other_id: int) -> Any:
    """The same by the other's id."""
    found = db.execute(PARTNER_BY_ID, {"other_id": other_id}).one_or_none()
    if found is None:
        raise users.nobody()
    return _other(found, user_id)


def _other(found: Any, user_id: int) -> Any:
    if found.id == user_id:
        raise Conflict(Sentence("You cannot send a message to yourself."))
    return found


# What is shown of a message wherever it stands. It speaks to one person, so it links nobody.
SHOWN = (
    Message.id,
    Message.body,
    cast(array([], type_=String), ARRAY(String, as_tuple=True)).label("mentions"),
    Message.created_at,
    Message.sender_id,
    Message.recipient_id,
    User.username,
    User.display_name,
    User.avatar_version,
)


def _received(window: Window) -> Select[Any]:
    statement = select(*SHOWN).join(User, User.id == Message.sender_id)
    return window.limit(statement.where(Message.recipient_id == bindparam("user_id"), User.suspended_at.is_(None)), Message.id)


def _between(window: Window) -> Select[Any]:
    """What two people have written to each other, from the index on the pair."""
    low, high = func.least(Message.sender_id, Message.recipient_id), func.greatest(Message.sender_id, Message.recipient_id)
    both = low == bindparam("low"), high == bindparam("high")
    return window.limit(select(*SHOWN).join(User, User.id == Message.sender_id).where(*both), Message.id)


def _conversations(window: Window) -> Select[Any]:
    """A person's conversations, the one with the newest message first; their ids are those of these messages."""
    other = aliased(User)
    statement = (
        select(
            Conversation.last_message_id.label("id"),
            Conversation.unread_count,
            Message.body,
            Message.created_at,
            Message.sender_id,
            other.id.label("other_id"),
            other.username,
            other.display_name,
            other.avatar_version,
        )
        .join(other, other.id == Conversation.other_id)
        .join(Message, Message.id == Conversation.last_message_id)
        .where(Conversation.user_id == bindparam("user_id"), other.suspended_at.is_(None))
    )
    return window.limit(statement, Conversation.last_message_id)


ONE = (
    select(*SHOWN)
    .join(User, User.id == Message.sender_id)
    .where(
        Message.id == bindparam("message_id", type_=BigInteger),
        bindparam("user_id", type_=Integer).in_((Message.sender_id, Message.recipient_id)),
        User.suspended_at.is_(None),
    )
)


def one(db: Session, user_id: int, message_id: int) -> Any:
    """A message that a person has sent or received; any other is NotFound."""
    found = db.execute(ONE, {"user_id": user_id, "message_id": message_id}).one_or_none()
    if found is None:
        raise NotFound(Sentence("This message is not there."))
    return found


received = Listing(_received)  # takes user_id
between = Listing(_between)  # takes low and high, the two ids in order
conversations = Listing(_conversations)  # takes user_id


class Seen(NamedTuple):
    """What a look at messages has marked as read: how many messages of each sender, and how many lines of the notifications."""

    by_sender: dict[int, int]
    lines: int

    @property
    def messages(self) -> int:
        return sum(self.by_sender.values())

    def new_among(self, items: Sequence[Any]) -> set[int]:
        """The ids of those messages that were unread, in a list that begins with the newest."""
        left, new = dict(self.by_sender), set()
        for item in items:
            if left.get(item.sender_id, 0) > 0:
                left[item.sender_id] -= 1
                new.add(item.id)
        return new


def mark_all_read(db: Session, user_id: int) -> Seen:
    """Note that a person opens their inbox: from now on they have read all that they have got."""
    return _mark_read(db, user_id, last_message_read_time=func.now())


def mark_conversation_read(db: Session, user_id: int, other_id: int) -> Seen:
    """Note that a person reads what another has written to them."""
    return _mark_read(db, user_id, other_id=other_id)


def _mark_read(db: Session, user_id: int, *, other_id: int | None = None, **noted: Any) -> Seen:
    """One statement, exact whether or not a transaction is round it: the counters fall by what was found unread and no more."""
    unread = [Conversation.user_id == user_id, Conversation.unread_count > 0]
    if other_id is not None:
        unread.append(Conversation.other_id == other_id)
    person = [User.id == user_id] if noted else [User.id == user_id, exists().where(*unread)]
    owner = select(User.id).where(*person).with_for_update(key_share=True).cte("owner")
    found = (
        select(Conversation.other_id, Conversation.unread_count)
        .join(owner, owner.c.id == Conversation.user_id)
        .where(*unread)
        .with_for_update(of=Conversation, key_share=True)
        .cte("found")
    )
    seen = (
        update(Conversation)
        .where(Conversation.user_id == user_id, Conversation.other_id == found.c.other_id)
        .values(unread_count=0, read_at=func.now())
        .returning(Conversation.other_id, found.c.unread_count)
        .cte("seen")
    )
    fewer = select(func.coalesce(func.sum(seen.c.unread_count), 0)).scalar_subquery()
    changed = update(User).where(User.id == user_id).values(noted | {"unread_message_count": User.unread_message_count - fewer})
    if not noted:
        changed = changed.where(exists(select(seen.c.other_id)))
    counted = changed.returning(User.id, User.unread_message_count.label("count")).cte("counted")
    told = notifications.put_count(counted, "unread_message_count").cte("told")
    marked = {row.other_id: row.unread_count for row in db.execute(select(seen.c.other_id, seen.c.unread_count).add_cte(told))}
    return Seen(marked, notifications.mark_messages_read(db, user_id, other_id))
