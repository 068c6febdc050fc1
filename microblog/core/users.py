"""People: how they join, and how they are found."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Credential, Follow, User
from . import passwords
from .checks import Checks
from .refusals import NotFound

SHORTEST_PASSWORD = 8

USERNAME_TAKEN = Message("Please use a different username.")
EMAIL_TAKEN = Message("Please use a different email address.")


def register(
    db: Session,
    *,
    username: str,
    email: str,
    password: str,
    repeated: str | None = None,
    display_name: str = "",
    shortest_password: int = SHORTEST_PASSWORD,
) -> int:
    """Welcome somebody new; gives their id. A taken username or e-mail address is Invalid, decided by the unique indexes.

    `repeated` is the password once more, where a form asks for it twice.
    """
    with Checks() as check:
        username = check.username("username", username)
        email = check.email("email", email)
        display_name = check.text("display_name", display_name, longest=100, required=False)
        password = check.password("password", password, shortest=shortest_password)
        if repeated is not None and repeated != password:
            check.refuse("password2", Message("This must be the same as the password."))
    with db.begin_nested(), Checks() as check:
        user_id = db.scalar(
            insert(User).values(username=username, display_name=display_name).on_conflict_do_nothing().returning(User.id)
        )
        if user_id is None:
            check.refuse("username", USERNAME_TAKEN)
            if db.scalar(select(exists().where(func.lower(Credential.email) == email.lower()))):
                check.refuse("email", EMAIL_TAKEN)
        else:
            credential = {"user_id": user_id, "email": email, "password_hash": passwords.hashed(password)}
            if db.scalar(insert(Credential).values(credential).on_conflict_do_nothing().returning(Credential.user_id)) is None:
                check.refuse("email", EMAIL_TAKEN)
    assert user_id is not None
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
    return found.user_id


PROFILE = (
    select(
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
        exists().where(and_(Follow.follower_id == bindparam("reader_id"), Follow.followed_id == User.id)).label("is_followed"),
        exists().where(and_(Follow.follower_id == User.id, Follow.followed_id == bindparam("reader_id"))).label("follows_back"),
    )
    .where(func.lower(User.username) == func.lower(bindparam("username")))
    .where(User.suspended_at.is_(None))
)


def profile(db: Session, username: str, *, reader_id: int) -> Any:
    """What a reader sees of a person, and whether either follows the other."""
    found = db.execute(PROFILE, {"username": username, "reader_id": reader_id}).one_or_none()
    if found is None:
        raise not_found(username)
    return found


def not_found(username: str) -> NotFound:
    return NotFound(Message("User %(username)s not found.", username=username))


def usernames(db: Session, names: Iterable[str]) -> dict[int, str]:
    """Those of the given names, whatever their case, that belong to somebody: id to the name as its owner writes it."""
    wanted = [name.lower() for name in names]
    if not wanted:
        return {}
    found = select(User.id, User.username).where(func.lower(User.username).in_(wanted), User.suspended_at.is_(None))
    return {row.id: row.username for row in db.execute(found)}
