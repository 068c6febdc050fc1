"""A small town to look around in: demo people, what they say, and who reads whom; the same at every planting."""

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, insert, select, text, update
from sqlalchemy.orm import Session

from ..core import passwords, search
from ..core.posts import MENTION
from ..models import Credential, Follow, Post, User

LANGUAGES = ("en", "es", "ko")
PASSWORD = "microblog-demo"
SPAN = timedelta(days=45)  # how far back the oldest post lies
LOCK = 0x64656D6F  # "demo"; two that plant at once plant once


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    about_me: str
    posts: list[str]
    language: str


def people() -> list[Person]:
    """Everybody in the town, as their files have them."""
    found = []
    for language in LANGUAGES:
        document = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8"))
        found += [Person(**person, language=language) for person in document["people"]]
    return found


def plant(db: Session) -> bool:
    """Fill an empty database with the town; False, and nothing is changed, if there is somebody already."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if db.scalar(select(exists().select_from(User))):
        return False
    town = people()
    chance = random.Random(20261120)
    now = datetime.now(UTC).replace(microsecond=0)
    ids = _settle(db, town, now, chance)
    _speak(db, town, ids, now, chance)
    _meet(db, town, ids, chance)
    return True


def _settle(db: Session, town: list[Person], now: datetime, chance: random.Random) -> dict[str, int]:
    rows = [
        {
            "username": person.username,
            "display_name": person.display_name,
            "about_me": person.about_me,
            "search": search.words_of(User, username=person.username, display_name=person.display_name),
            "created_at": now - SPAN - timedelta(days=chance.randrange(200)),
            "last_seen_at": now - timedelta(minutes=chance.randrange(3 * 24 * 60)),
        }
        for person in town
    ]
    ids = dict(db.execute(insert(User).returning(User.username, User.id), rows).all())
    password_hash = passwords.hashed(PASSWORD)
    credentials = [
        {"user_id": user_id, "email": f"{username}@example.org", "password_hash": password_hash}
        for username, user_id in ids.items()
    ]
    db.execute(insert(Credential), credentials)
    return ids


def _speak(db: Session, town: list[Person], ids: dict[str, int], now: datetime, chance: random.Random) -> None:
    """Everybody's posts in their order, spread evenly over the span so that what people say of the same events falls together,
    and closer towards today; the ids tell the same time as the posts do."""
    known = {username.lower(): username for username in ids}
    rows: list[dict[str, Any]] = []
    for person in town:
        count = len(person.posts)
        ages = [(1 - (number + 0.5 + chance.uniform(-0.2, 0.2)) / count) ** 1.5 for number in range(count)]
        for body, age in zip(person.posts, ages, strict=True):
            created_at = now - timedelta(seconds=int(age * SPAN.total_seconds()) + 60)
            mentioned = {known[handle.lower()] for handle in MENTION.findall(body) if handle.lower() in known}
            rows.append(
                {
                    "author_id": ids[person.username],
                    "body": body,
                    "language": person.language,
                    "mentions": tuple(sorted(mentioned)),
                    "created_at": created_at,
                }
            )
    rows.sort(key=lambda row: row["created_at"])
    for number, row in enumerate(rows):
        row["id"] = (int(row["created_at"].timestamp() * 1000) << 16) | number
        row["search"] = search.words_of(Post, **row)
    db.execute(insert(Post), rows)
    written = select(func.count()).where(Post.author_id == User.id).scalar_subquery()
    db.execute(update(User).values(post_count=written))


def _meet(db: Session, town: list[Person], ids: dict[str, int], chance: random.Random) -> None:
    """People mostly read those who write in their own language, and a few others."""
    rows = [
        {"follower_id": ids[reader.username], "followed_id": ids[author.username]}
        for reader in town
        for author in town
        if reader is not author and chance.random() < (0.55 if reader.language == author.language else 0.15)
    ]
    db.execute(insert(Follow), rows)
    followers = select(func.count()).where(Follow.followed_id == User.id).scalar_subquery()
    followed = select(func.count()).where(Follow.follower_id == User.id).scalar_subquery()
    db.execute(update(User).values(follower_count=followers, followed_count=followed))
