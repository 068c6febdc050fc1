"""A town of any size, the same at every planting: its people, whom they read, what they say, ask, and write to each other.

Like real ones it is uneven: a few are famous and most are not, some talk all day and most seldom do. Some people are there for
the edges: everybody reads FAMOUS; of three small groups the `steady` read 50 people each, the `busy` a thousand, and the
`curious` everybody. The town ends at the instant `until`; all times and ids, which tell the time, are counted back from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any

from .. import demo
from ..core import search
from ..models import Post, User
from .vocabulary import Tongue, any_tongue

FAMOUS = 1
GROUP = 8  # people in each group, where the town is not too small for that
READ_BY_STEADY, READ_BY_BUSY = 50, 1_000
SPAN = timedelta(days=300)
DAY = timedelta(days=1)
UNREAD_SINCE = 3 * DAY  # what is newer has not been read yet
CHUNK = 5_000  # posts that are made, and stored, together
POLL_EVERY = 100  # posts
OPEN_SHARE = 0.2  # of the polls, the newest
LONGEST_POST = 280
MESSAGES_A_PERSON = 5

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Town:
    """So many people and posts, up to an instant."""

    people: int
    posts: int
    until: datetime

    def chance(self, *what: object) -> Random:
        """A source of chance of its own for each part, so that parts can be made apart."""
        return Random(repr(what))

    @cached_property
    def usernames(self) -> list[str]:
        """By id; nobody has the id 0."""
        known = [person.username.replace(".", "_") for person in demo.people()]
        return ["", *(f"{known[number % len(known)]}_{number}" for number in range(1, self.people + 1))]

    @cached_property
    def ids(self) -> range:
        return range(1, self.people + 1)

    @property
    def steady(self) -> range:
        return self._group(0)

    @property
    def busy(self) -> range:
        return self._group(1)

    @property
    def curious(self) -> range:
        return self._group(2)

    def _group(self, number: int) -> range:
        """The people of one group; the first of all is FAMOUS and in none."""
        size = max(1, min(GROUP, self.people // 25))
        return self.ids[1 + number * size : 1 + (number + 1) * size]

    def weights(self, what: str, exponent: float) -> list[float]:
        """How likely each person is to be chosen, added up: somebody first by far, then ever less. FAMOUS is first."""
        others = list(self.ids)[1:]
        self.chance(what).shuffle(others)
        ranks = {person: rank for rank, person in enumerate([FAMOUS, *others], start=1)}
        return list(accumulate(ranks[person] ** -exponent for person in self.ids))

    @cached_property
    def fame(self) -> list[float]:
        return self.weights("fame", 0.8)

    @cached_property
    def talk(self) -> list[float]:
        return self.weights("talk", 0.7)

    def instant(self, number: int) -> datetime:
        """When a post was written: one after the other over the whole span."""
        step = SPAN / self.posts
        jitter = step * (number * 7_919 % 100 / 100)
        return self.until - (self.posts - number) * step + jitter

    def id_at(self, instant: datetime, number: int) -> int:
        """An id that tells this instant."""
        return int(instant.timestamp() * 1000) << 16 | number & 0xFFFF

    @property
    def chunks(self) -> range:
        return range(-(-self.posts // CHUNK))


# Each of these gives rows for a table, in the order of the columns that COLUMNS names.
COLUMNS = {
    "users": ("id", "username", "display_name", "about_me", "created_at", "last_seen_at", "search"),
    "credentials": ("user_id", "email", "password_hash"),
    "followers": ("follower_id", "followed_id", "created_at"),
    "posts": ("id", "author_id", "body", "language", "mentions", "has_poll", "created_at", "search"),
    "polls": ("id", "post_id", "created_at", "closes_at", "told_at", "voter_count"),
    "poll_choices": ("poll_id", "number", "text", "vote_count"),
    "votes": ("poll_id", "user_id", "choices", "created_at"),
    "messages": ("id", "sender_id", "recipient_id", "body", "created_at"),
    "conversations": ("user_id", "other_id", "last_message_id", "unread_count"),
    "notifications": ("id", "user_id", "kind", "actor_id", "subject_id", "created_at", "read_at"),
}


def people(town: Town) -> Iterator[Row]:
    known = demo.people()
    chance = town.chance("people")
    for person in town.ids:
        like = known[person % len(known)]
        names = {"username": town.usernames[person], "display_name": like.display_name if chance.random() < 0.8 else ""}
        created_at = town.until - SPAN - timedelta(days=chance.randrange(400))
        seen_at = town.until - timedelta(minutes=chance.randrange(60, 20_000))
        yield (person, *names.values(), like.about_me, created_at, seen_at, search.words_of(User, **names))


def credentials(town: Town, password_hash: str) -> Iterator[Row]:
    return ((person, f"{town.usernames[person]}@example.org", password_hash) for person in town.ids)


def follows(town: Town) -> Iterator[Row]:
    """Most people read about thirty others, mostly famous ones."""
    chance = town.chance("follows")
    of_groups = dict.fromkeys(town.steady, READ_BY_STEADY) | dict.fromkeys(town.busy, READ_BY_BUSY)
    of_groups |= dict.fromkeys(town.curious, town.people)
    for reader in town.ids:
        most = of_groups.get(reader)
        if most:
            read = set(chance.sample(town.ids, min(most + 1, town.people)))
        else:
            number = min(int(chance.lognormvariate(3.5, 0.7)), 400)
            read = set(chance.choices(town.ids, cum_weights=town.fame, k=number))
        read |= {FAMOUS}
        read -= {reader}
        yield from ((reader, author, town.until - chance.random() * SPAN) for author in sorted(read)[:most])


@dataclass
class Chunk:
    """Some posts that follow one another, and what hangs on them."""

    posts: list[Row] = field(default_factory=list)
    polls: list[Row] = field(default_factory=list)
    poll_choices: list[Row] = field(default_factory=list)
    votes: list[Row] = field(default_factory=list)
    notifications: list[Row] = field(default_factory=list)


def said(town: Town, chunk: int) -> Chunk:
    """One chunk of what people say: a few posts speak of somebody, a few ask something."""
    made = Chunk()
    chance = town.chance("said", chunk)
    numbers = range(chunk * CHUNK, min((chunk + 1) * CHUNK, town.posts))
    authors = chance.choices(town.ids, cum_weights=town.talk, k=len(numbers))
    for number, author in zip(numbers, authors, strict=True):
        tongue, created_at = any_tongue(chance), town.instant(number)
        post_id = town.id_at(created_at, number)
        body, mentioned = tongue.text(chance, LONGEST_POST - 60), []
        if chance.random() < 0.04:
            (person,) = chance.choices(town.ids, cum_weights=town.fame)
            body, mentioned = f"@{town.usernames[person]} {body}", [person]
        if chance.random() < 0.03:
            body += f" https://example.org/{number}"
        asks = number % POLL_EVERY == 0
        mentions = [town.usernames[person] for person in mentioned]
        values = {"id": post_id, "author_id": author, "body": body, "language": tongue.language}
        found_by = search.words_of(Post, **values)
        made.posts.append((*values.values(), mentions, asks, created_at, found_by))
        for person in mentioned:
            if person != author:
                read_at = None if created_at > town.until - UNREAD_SINCE else created_at + DAY
                made.notifications.append((post_id, person, "mention", author, post_id, created_at, read_at))
        if asks:
            _ask(town, made, chance, tongue, number, post_id)
    return made


def _ask(town: Town, made: Chunk, chance: Random, tongue: Tongue, number: int, post_id: int) -> None:
    """A poll with its votes, and the counters that go with them."""
    created_at = town.instant(number)
    is_open = number >= town.posts * (1 - OPEN_SHARE)
    closes_at = town.until + 30 * DAY if is_open else created_at + 7 * DAY
    texts = list(dict.fromkeys(tongue.some(chance, chance.randrange(2, 6)))) or ["?"]
    texts += ["…"] if len(texts) < 2 else []
    voters = chance.sample(town.ids, chance.randrange(min(town.people // 4, 60) + 1))
    counts = dict.fromkeys(range(1, len(texts) + 1), 0)
    for voter in sorted(voters):
        (choice,) = chance.choices(range(1, len(texts) + 1), weights=range(len(texts), 0, -1))
        counts[choice] += 1
        voted_at = min(created_at + timedelta(minutes=voter % 60), town.until)  # or it would seem to be of the load
        made.votes.append((post_id, voter, [choice], voted_at))
    made.polls.append((post_id, post_id, created_at, closes_at, None if is_open else closes_at, len(voters)))
    made.poll_choices += ((post_id, each, text, counts[each]) for each, text in enumerate(texts, start=1))


def letters(town: Town) -> dict[str, list[Row]]:
    """What people write to each other, both sides of it, and what they are told of it. Every third has an answer to read."""
    chance = town.chance("letters")
    rows: dict[str, list[Row]] = {"messages": [], "conversations": [], "notifications": []}
    pairs: set[tuple[int, int]] = set()
    number = 0
    while number < town.people * MESSAGES_A_PERSON:
        one, other = chance.choices(town.ids, k=2)
        if one == other or {(one, other), (other, one)} & pairs:
            number += 1
            continue
        pairs.add((one, other))
        last_id, sender, recipient = 0, one, other
        for _ in range(chance.randrange(1, 20)):
            sender, recipient = recipient, sender
            created_at = town.until - SPAN + SPAN * (number / (town.people * MESSAGES_A_PERSON + 20))
            last_id = town.id_at(created_at, number)
            rows["messages"].append((last_id, sender, recipient, any_tongue(chance).text(chance, LONGEST_POST), created_at))
            number += 1
        is_unread = chance.random() < 0.3
        rows["conversations"] += [(sender, recipient, last_id, 0), (recipient, sender, last_id, int(is_unread))]
        read_at = None if is_unread else created_at + DAY
        rows["notifications"].append((last_id, recipient, "message", sender, None, created_at, read_at))
    return rows


def greetings(town: Town) -> Iterator[Row]:
    """What people were told of those who began to read them: of the latest only, as lines that have been read are forgotten."""
    chance = town.chance("greetings")
    for number, (reader, author, _) in enumerate(follows(town)):
        if author != FAMOUS and chance.random() < 0.1:
            created_at = town.until - chance.random() * 30 * DAY
            read_at = None if created_at > town.until - UNREAD_SINCE else created_at + DAY
            yield town.id_at(created_at, number), author, "follow", reader, None, created_at, read_at
