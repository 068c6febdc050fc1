"""A small town to look around in: demo people, what they say and ask, and who reads whom; the same at every planting."""

import random
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import any_, exists, func, insert, select, text, update
from sqlalchemy.orm import Session

from ..core import counters, passwords, queue, search
from ..core.posts import MENTION
from ..models import Credential, Follow, Poll, PollChoice, Post, User, Vote

LANGUAGES = ("en", "es", "ko")
PASSWORD = "microblog-demo"
SPAN = timedelta(days=45)  # how far back the oldest post lies
LOCK = 0x64656D6F  # "demo"; two that plant at once plant once


@dataclass(frozen=True)
class Question:
    """A post with a poll. Each choice is its `text` and who has taken it (`by`)."""

    body: str
    hours_ago: int
    open_for: int  # hours
    choices: list[dict[str, Any]]
    takes_several: bool = False


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    about_me: str
    posts: list[str]
    language: str
    polls: list[Question] = field(default_factory=list)


def people() -> list[Person]:
    """Everybody in the town, as their files have them."""
    found = []
    for language in LANGUAGES:
        document = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8"))
        for person in document["people"]:
            questions = [Question(**question) for question in person.pop("polls", [])]
            found.append(Person(**person, language=language, polls=questions))
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
    _vote(db, town, ids)
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
    counters.increase(db, "users", len(ids))
    return ids


def _speak(db: Session, town: list[Person], ids: dict[str, int], now: datetime, chance: random.Random) -> None:
    """Everybody's posts in their order, spread evenly over the span so that what people say of the same events falls together,
    and closer towards today; what they ask when they ask it. The ids tell the same time as the posts do."""
    known = {username.lower(): username for username in ids}
    rows: list[dict[str, Any]] = []
    for person in town:
        count = len(person.posts)
        ages = [(1 - (number + 0.5 + chance.uniform(-0.2, 0.2)) / count) ** 1.5 for number in range(count)]
        said = [(body, int(age * SPAN.total_seconds()) + 60, False) for body, age in zip(person.posts, ages, strict=True)]
        said += [(question.body, question.hours_ago * 3600, True) for question in person.polls]
        for body, seconds_ago, has_poll in said:
            created_at = now - timedelta(seconds=seconds_ago)
            mentioned = {known[handle.lower()] for handle in MENTION.findall(body) if handle.lower() in known}
            rows.append(
                {
                    "author_id": ids[person.username],
                    "body": body,
                    "language": person.language,
                    "mentions": tuple(sorted(mentioned)),
                    "has_poll": has_poll,
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


def _vote(db: Session, town: list[Person], ids: dict[str, int]) -> None:
    """The polls of those posts that have one, everybody's votes, and the counts that come of them."""
    for person in town:
        for question in person.polls:
            poll_id = _ask(db, ids[person.username], question)
            taken: dict[str, list[int]] = {}
            for number, choice in enumerate(question.choices, start=1):
                for username in choice["by"]:
                    taken.setdefault(username, []).append(number)
            rows = [{"poll_id": poll_id, "user_id": ids[name], "choices": numbers} for name, numbers in taken.items()]
            db.execute(insert(Vote), rows)
    voters = select(func.count()).where(Vote.poll_id == Poll.id).scalar_subquery()
    db.execute(update(Poll).values(voter_count=voters))
    votes = select(func.count()).where(Vote.poll_id == PollChoice.poll_id, PollChoice.number == any_(Vote.choices))
    db.execute(update(PollChoice).values(vote_count=votes.scalar_subquery()))


def _ask(db: Session, author_id: int, question: Question) -> int:
    """The poll of a post that is there already; one that is still open is told of when it closes."""
    asking = select(Post.id, Post.created_at).where(Post.author_id == author_id, Post.body == question.body)
    post_id, asked_at = db.execute(asking).one()
    left = timedelta(hours=max(0, question.open_for - question.hours_ago))
    closes_at = asked_at + timedelta(hours=question.open_for)
    poll = {
        "post_id": post_id,
        "takes_several": question.takes_several,
        "created_at": asked_at,
        "closes_at": closes_at,
        "told_at": None if left else closes_at,
    }
    poll_id = db.scalars(insert(Poll).values(poll).returning(Poll.id)).one()
    numbered = enumerate(question.choices, start=1)
    db.execute(insert(PollChoice), [{"poll_id": poll_id, "number": n, "text": choice["text"]} for n, choice in numbered])
    if left:
        queue.enqueue(db, "jobs.polls.close", after=left, poll_id=poll_id)
    return poll_id


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
