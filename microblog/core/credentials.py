"""What lets a person in: their address and password, found and changed."""

from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..framework.languages import Message
from ..models import Credential, User
from . import access_tokens, audit, passwords, queue, sessions, tokens
from .checks import REQUIRED, Checks
from .refusals import NotFound, Taken
from .users import EMAIL_TAKEN, SHORTEST_PASSWORD

PERSON = select(User.id, User.username, User.display_name, User.language, User.post_count, Credential.email).join(
    Credential, Credential.user_id == User.id
)


def holder(db: Session, email: str) -> Any:
    """Whose address it is, with the address as they wrote it; None if nobody's."""
    wanted = func.lower(Credential.email) == func.lower(email.strip())
    return db.execute(PERSON.where(wanted, User.suspended_at.is_(None))).one_or_none()


def addressee(db: Session, user_id: int) -> Any:
    """Where letters to a person go, and in which language."""
    found = db.execute(PERSON.where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound(Message("This person is not there any more."))
    return found


def prove(db: Session, user_id: int, password: str, *, member: str = "password") -> None:
    """Nothing, if this is the person's password; else Invalid at the member they typed it in."""
    known = db.scalar(select(Credential.password_hash).where(Credential.user_id == user_id))
    with Checks() as check:
        if not password:
            check.refuse(member, REQUIRED)
        elif not passwords.fits(password, known):
            check.refuse(member, Message("This is not your password."))


def change_password(db: Session, user_id: int, old: str, new: str, *, repeated: str, but: str) -> None:
    """A new password for somebody who knows the old one; their session with the secret `but` goes on, all others end."""
    prove(db, user_id, old, member="old_password")
    set_password(db, user_id, new, repeated=repeated, but=but)


def confirm(db: Session, user_id: int, secret: str, password: str) -> None:
    """Let somebody do for a while, in the session with this secret, what wants a password; Invalid if this is not theirs."""
    prove(db, user_id, password)
    sessions.confirm(db, secret)
    audit.note(db, "confirmed", user_id)


def propose_email(db: Session, user_id: int, email: str, *, language: str) -> None:
    """Write to a new address; it becomes theirs when they answer from there."""
    person = addressee(db, user_id)
    with Checks() as check:
        email = check.email("email", email)
        if email == person.email:
            check.refuse("email", Message("This is your address already."))
        elif db.scalar(select(exists().where(func.lower(Credential.email) == func.lower(email), Credential.user_id != user_id))):
            check.refuse("email", EMAIL_TAKEN)
    name = person.display_name or person.username
    queue.enqueue(db, "jobs.addresses.confirm", user_id=user_id, email=email, name=name, language=language)


def set_password(
    db: Session,
    user_id: int,
    password: str,
    *,
    repeated: str | None = None,
    shortest: int = SHORTEST_PASSWORD,
    but: str | None = None,
) -> None:
    """A new password: whoever was in by the old one is out everywhere, and letters sent before count no more.

    `but` is the secret of the one session that may go on, where the person has just shown the old password in it.
    """
    with Checks() as check:
        check.password("password", password, shortest=shortest)
        if repeated is not None and repeated != password:
            check.refuse("password2", Message("This must be the same as the password."))
    changed = {"password_hash": passwords.hashed(password), "password_changed_at": func.now()}
    db.execute(update(Credential).where(Credential.user_id == user_id).values(changed))
    audit.note(db, "password_changed", user_id)
    sessions.end_all(db, user_id, but=but)
    tokens.revoke(db, user_id)
    access_tokens.revoke_all(db, user_id)


def set_email(db: Session, user_id: int, email: str) -> None:
    """A new address; one that somebody else has by now is Taken. Letters sent before count no more.

    A letter to the old address says so, for whoever reads there may not have been the one who changed it.
    """
    with Checks() as check:
        email = check.email("email", email)
    db.execute(select(Credential.user_id).where(Credential.user_id == user_id).with_for_update())  # one change after another
    before = addressee(db, user_id)
    try:
        with db.begin_nested():
            db.execute(update(Credential).where(Credential.user_id == user_id).values(email=email))
    except IntegrityError as error:
        raise Taken({"email": EMAIL_TAKEN}) from error
    audit.note(db, "email_changed", user_id)
    tokens.revoke(db, user_id)
    if before.email.lower() != email.lower():
        name = before.display_name or before.username
        queue.enqueue(db, "jobs.addresses.tell", email=before.email, name=name, language=before.language)
