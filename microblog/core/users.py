"""People: how they join, how they are found, what they change of themselves, and how they leave."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from ..framework.faults import constraint_of
from ..framework.languages import Message
from ..framework.pagination import Listing, Window
from ..framework.statements import Statement
from ..models import Conversation, Credential, Follow, Notification, User
from . import audit, counters, notifications, passwords, search, votes
from .checks import Checks
from .queries import Wanted
from .refusals import NotFound, Taken

SHORTEST_PASSWORD = 8

USERNAME_TAKEN = Message("Please use a different username.")
EMAIL_TAKEN = Message("Please use a different email address.")

LONGEST_DISPLAY_NAME = 100
LONGEST_ABOUT_ME = 500


def register(
    db: Session,
    *,
    username: str,
    email: str,
    password: str,
    repeated: str | None = None,
    display_name: str = "",
    about_me: str = "",
    shortest_password: int = SHORTEST_PASSWORD,
) -> int:
    """Welcome somebody new; gives their id. A username or e-mail address that somebody has is Taken: the unique indexes decide.

    `repeated` is the password once more, where a form asks for it twice.
    """
    with Checks() as check:
        username = check.username("username", username)
        email = check.email("email", email)
        display_name = " ".join(display_name.split())
        display_name = check.text("display_name", display_name, longest=LONGEST_DISPLAY_NAME, required=False)
        about_me = check.text("about_me", about_me, longest=LONGEST_ABOUT_ME, required=False)
        password = check.password("password", password, shortest=shortest_password)
        if repeated is not None and repeated != password:
            check.refuse("password2", Message("This must be the same as the password."))
    names = {"username": username, "display_name": display_name}
    row = names | {"about_me": about_me, "search": search.words_of(User, **names)}
    with db.begin_nested(), Checks(Taken) as check:
        user_id = db.scalar(insert(User).values(row).on_conflict_do_nothing().returning(User.id))
        if user_id is None:
            check.refuse("username", USERNAME_TAKEN)
            if db.scalar(select(exists().where(func.lower(Credential.email) == func.lower(email)))):
                check.refuse("email", EMAIL_TAKEN)
        else:
            credential = {"user_id": user_id, "email": email, "password_hash": passwords.hashed(password)}
            if db.scalar(insert(Credential).values(credential).on_conflict_do_nothing().returning(Credential.user_id)) is None:
                check.refuse("email", EMAIL_TAKEN)
    assert user_id is not None
    audit.note(db, "registered", user_id)
    counters.increase(db, "users")  # at the end, for until the commit nobody else can join
    return user_id


def authenticate(db: Session, login: str, password: str) -> int:
    """The id of the person with this username or e-mail address and this password; NotFound, always the same, for all else."""
    column = Credential.email if "@" in login else User.username
    found = db.execute(
        select(Credential.user_id, Credential.password_hash)
        .join(User, User.id == Credential.user_id)
        .where(func.lower(column) == func.lower(login.strip()), User.suspended_at.is_(None))
    ).one_or_none()
    if not passwords.fits(password, found and found.password_hash) or found is None:
        raise NotFound(Message("Invalid username or password"))
    if passwords.is_dated(found.password_hash):
        renewed = update(Credential).where(Credential.user_id == found.user_id)
        db.execute(renewed.values(password_hash=passwords.hashed(password)))
    audit.note(db, "logged_in", found.user_id)
    return found.user_id


def note_failure(db: Session, login: str) -> None:
    """Write down that somebody could not log in with this username or e-mail address."""
    column = Credential.email if "@" in login else User.username
    known = select(User.id).join(Credential, Credential.user_id == User.id).where(func.lower(column) == func.lower(login.strip()))
    audit.note(db, "login_failed", db.scalar(known) or audit.NOBODY)


# What everybody may know of a person.
IN_PUBLIC = (
    User.id,
    User.username,
    User.display_name,
    User.about_me,
    User.avatar_version,
    User.created_at,
    User.last_seen_at,
    User.post_count,
    User.follower_count,
    User.followed_count,
)


def _profile(condition: ColumnElement[bool]) -> Select:
    reader_id = bindparam("reader_id", type_=Integer)
    return select(
        *IN_PUBLIC,
        exists().where(and_(Follow.follower_id == reader_id, Follow.followed_id == User.id)).label("is_followed"),
        exists().where(and_(Follow.follower_id == User.id, Follow.followed_id == reader_id)).label("follows_back"),
    ).where(condition, User.suspended_at.is_(None))


PROFILE = Statement(_profile(func.lower(User.username) == func.lower(bindparam("username", type_=String))))
PROFILE_BY_ID = Statement(_profile(User.id == bindparam("user_id", type_=BigInteger)))


def profile(db: Session, username: str, *, reader_id: int) -> Any:
    """What a reader sees of a person, and whether either follows the other."""
    found = PROFILE.one_or_none(db, username=username, reader_id=reader_id)
    if found is None:
        raise not_found(username)
    return found


def profile_by_id(db: Session, user_id: int, *, reader_id: int) -> Any:
    """The same of the person with this id."""
    found = PROFILE_BY_ID.one_or_none(db, user_id=user_id, reader_id=reader_id)
    if found is None:
        raise nobody()
    return found


def not_found(username: str) -> NotFound:
    return NotFound(Message("User %(username)s not found.", username=username))


def nobody() -> NotFound:
    return NotFound(Message("There is nobody with this id."))


NAME = select(User.username).where(User.id == bindparam("user_id", type_=BigInteger), User.suspended_at.is_(None))


def name(db: Session, user_id: int) -> str:
    """The username of the person with this id; NotFound if there is nobody, or they are suspended."""
    found = db.scalar(NAME, {"user_id": user_id})
    if found is None:
        raise nobody()
    return found


def _everybody(window: Window) -> Select[Any]:
    return window.limit(select(*IN_PUBLIC).where(User.suspended_at.is_(None)), User.id)


def _total(name: str) -> ColumnElement[int]:
    """How many there are, on each row: one of a person's counters, None where nobody has this id."""
    person = aliased(User)
    counted = select(getattr(person, name)).where(person.id == bindparam("user_id"), person.suspended_at.is_(None))
    return counted.scalar_subquery().label("total")


def _followers(window: Window) -> Select[Any]:
    those = select(*IN_PUBLIC, _total("follower_count")).join(Follow, Follow.follower_id == User.id)
    return window.limit(those.where(Follow.followed_id == bindparam("user_id"), User.suspended_at.is_(None)), Follow.follower_id)


def _followed(window: Window) -> Select[Any]:
    those = select(*IN_PUBLIC, _total("followed_count")).join(Follow, Follow.followed_id == User.id)
    return window.limit(those.where(Follow.follower_id == bindparam("user_id"), User.suspended_at.is_(None)), Follow.followed_id)


# People in the order in which they joined.
everybody = Listing(_everybody, rising=True)
followers = Listing(_followers, rising=True)  # takes user_id
followed = Listing(_followed, rising=True)  # takes user_id


IN_A_LIST = select(User.id, User.username, User.display_name, User.about_me, User.avatar_version, User.follower_count)
PROFILES = select(*IN_PUBLIC)


def found(db: Session, engine: search.Engine, wanted: Wanted, *, most: int) -> Sequence[Any]:
    """The people who are found, as a list shows them."""
    return search.people(db, engine, wanted, IN_A_LIST, most=most)


def profiles_found(db: Session, engine: search.Engine, wanted: Wanted, *, most: int) -> Sequence[Any]:
    """The same with all that everybody may know of them."""
    return search.people(db, engine, wanted, PROFILES, most=most)


def edit(
    db: Session,
    user_id: int,
    *,
    username: str | None = None,
    display_name: str | None = None,
    about_me: str | None = None,
    language: str | None = None,
    languages: Collection[str] = (),
) -> None:
    """Change what others see of a person and the language they read in: one of `languages`, or '' for what their browser asks.
    What is None stays as it is.

    A username that somebody else has is Taken; the unique index decides it, however many ask at once.
    """
    changed: dict[str, str] = {}
    with Checks() as check:
        if username is not None and username != db.scalar(select(User.username).where(User.id == user_id)):
            changed["username"] = check.username("username", username)
        if display_name is not None:
            display_name = " ".join(display_name.split())
            changed["display_name"] = check.text("display_name", display_name, longest=LONGEST_DISPLAY_NAME, required=False)
        if about_me is not None:
            changed["about_me"] = check.text("about_me", about_me, longest=LONGEST_ABOUT_ME, required=False)
        if language and language not in languages:
            check.refuse("language", Message("Please choose one of these languages."))
        elif language is not None:
            changed["language"] = language
    if not changed:
        return
    try:
        with db.begin_nested():
            db.execute(update(User).where(User.id == user_id).values(changed).execution_options(synchronize_session=False))
    except IntegrityError as error:
        if constraint_of(error) != "uq__users__lower_username":
            raise
        raise Taken({"username": USERNAME_TAKEN}) from error
    search.index_user(db, user_id)


def erase(db: Session, user_id: int) -> None:
    """Forget a person and everything of theirs; what is counted of others stays exact.

    Everybody whose counters change is locked first, in id order, as following does it: two who leave at once, or one who
    leaves while another follows, must not wait for one another. From then on nothing new can refer to the person.
    """
    db.execute(text("SET LOCAL statement_timeout = '20s'"))  # of somebody who has said much there is much to forget
    touched = union(
        select(Follow.followed_id).where(Follow.follower_id == user_id),
        select(Follow.follower_id).where(Follow.followed_id == user_id),
        select(Conversation.user_id).where(Conversation.other_id == user_id),
        select(Notification.user_id).where(Notification.actor_id == user_id),
    )
    for which, is_other in ((User.id < user_id, True), (User.id == user_id, False), (User.id > user_id, True)):
        row = select(User.id).where(which, or_(User.id == user_id, User.id.in_(touched))).order_by(User.id)
        db.execute(row.with_for_update(key_share=is_other))
    followed = delete(Follow).where(Follow.follower_id == user_id).returning(Follow.followed_id).cte()
    db.execute(select(_less(select(followed.c.followed_id.label("user_id"), literal(1).label("less")), "follower_count")))
    followers = delete(Follow).where(Follow.followed_id == user_id).returning(Follow.follower_id).cte()
    db.execute(select(_less(select(followers.c.follower_id.label("user_id"), literal(1).label("less")), "followed_count")))
    unread = select(Conversation.user_id, Conversation.unread_count.label("less")).where(Conversation.other_id == user_id)
    db.execute(notifications.put_count(_less(unread, "unread_message_count"), "unread_message_count"))
    notifications.forget_person(db, user_id)
    votes.withdraw_all(db, user_id)
    gone = delete(User).where(User.id == user_id).returning(User.suspended_at)
    left = db.execute(gone.execution_options(synchronize_session=False)).one_or_none()
    if left:
        audit.note(db, "erased", user_id)
    if left and left.suspended_at is None:
        counters.increase(db, "users", -1)


def _less(losses: Any, counter: str) -> CTE:
    """Take from a counter of each person what they lose: rows of `user_id` and `less`. Gives their `id` and new `count`."""
    loss, column = losses.subquery(), getattr(User, counter)
    changed = update(User).where(User.id == loss.c.user_id).values({counter: func.greatest(column - loss.c.less, 0)})
    return changed.returning(User.id, column.label("count")).cte("counted")
