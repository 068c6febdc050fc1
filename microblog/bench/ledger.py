"""The ledger: what clients were told succeeded is in the database once, what was never answered is there once at most, nothing is
there that nobody sent, and every counter equals the rows it counts.

load.lua writes a line before it sends something and another when that was acknowledged well: the word `sent` or `done`, what it
was, and what proves it, apart by tabs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MARK = re.compile(r" \[([0-9a-z]+\.[0-9]+\.[0-9]+)\]$")  # that load.lua puts behind each text
MOST_TOLD = 5  # of each kind of violation

# Each gives how many rows have a counter that is not what it should be, and the first of them.
COUNTERS = {
    "users.post_count": """
        SELECT u.id, u.post_count, count(p.id) FROM users u LEFT JOIN posts p ON p.author_id = u.id
        GROUP BY u.id HAVING u.post_count <> count(p.id)""",
    "users.follower_count": """
        SELECT u.id, u.follower_count, count(f.follower_id) FROM users u LEFT JOIN followers f ON f.followed_id = u.id
        GROUP BY u.id HAVING u.follower_count <> count(f.follower_id)""",
    "users.followed_count": """
        SELECT u.id, u.followed_count, count(f.followed_id) FROM users u LEFT JOIN followers f ON f.follower_id = u.id
        GROUP BY u.id HAVING u.followed_count <> count(f.followed_id)""",
    "users.unread_notification_count": """
        SELECT u.id, u.unread_notification_count, count(n.id) FROM users u
        LEFT JOIN notifications n ON n.user_id = u.id AND n.read_at IS NULL
        GROUP BY u.id HAVING u.unread_notification_count <> count(n.id)""",
    "users.unread_message_count": """
        SELECT u.id, u.unread_message_count, coalesce(sum(c.unread_count), 0) FROM users u
        LEFT JOIN conversations c ON c.user_id = u.id
        GROUP BY u.id HAVING u.unread_message_count <> coalesce(sum(c.unread_count), 0)""",
    "signals of unread counts": """
        SELECT u.id, s.payload, s.name FROM users u JOIN signals s ON s.user_id = u.id
        WHERE (s.name = 'unread_message_count' AND s.payload <> to_jsonb(u.unread_message_count))
           OR (s.name = 'unread_notification_count' AND s.payload <> to_jsonb(u.unread_notification_count))""",
    "polls.voter_count": """
        SELECT p.id, p.voter_count, count(v.user_id) FROM polls p LEFT JOIN votes v ON v.poll_id = p.id
        GROUP BY p.id HAVING p.voter_count <> count(v.user_id)""",
    "poll_choices.vote_count": """
        SELECT c.poll_id, c.vote_count, count(v.user_id) FROM poll_choices c
        LEFT JOIN votes v ON v.poll_id = c.poll_id AND c.number = ANY (v.choices)
        GROUP BY c.poll_id, c.number, c.vote_count HAVING c.vote_count <> count(v.user_id)""",
    "counters.users": """
        SELECT name, value, (SELECT count(*) FROM users WHERE suspended_at IS NULL) FROM counters
        WHERE name = 'users' AND value <> (SELECT count(*) FROM users WHERE suspended_at IS NULL)""",
}


@dataclass(frozen=True)
class Before:
    """What there was before the load: the last post, and the time by the database's clock."""

    last_post: int
    at: datetime

    @classmethod
    def of(cls, cursor: Any) -> "Before":
        cursor.execute("SELECT (SELECT max(id) FROM posts), clock_timestamp()")
        return cls(*cursor.fetchone())


@dataclass
class Claims:
    """What the clients say: marks of posts with their authors, keys of the API, votes, and for each pair whether one reads the
    other now, None where the last request about it was not answered."""

    sent: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    sent_votes: set[tuple[int, int]] = field(default_factory=set)
    done_votes: dict[tuple[int, int], int] = field(default_factory=dict)
    follows: dict[tuple[int, int], bool | None] = field(default_factory=dict)
    acknowledged: Counter[str] = field(default_factory=Counter)

    def take(self, line: str) -> None:
        """One line of a ledger."""
        word, what, *proof = line.split("\t")
        is_done = word == "done"
        self.acknowledged[what] += is_done
        if what == "post":
            mark, person, *by_key = proof
            (self.done if is_done else self.sent)[mark] = int(person)
            if is_done and by_key:
                self.keys.add(mark)
        elif what == "vote":
            poll, voter, choice = map(int, proof)
            if is_done:
                self.done_votes[poll, voter] = choice
            else:
                self.sent_votes.add((poll, voter))
        else:
            reader, author = map(int, proof)
            self.follows[reader, author] = (what == "follow") if is_done else None


def read(paths: Iterable[Path]) -> Claims:
    """The claims in some ledgers, the oldest first."""
    claims = Claims()
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            claims.take(line)
    return claims


def violations(cursor: Any, before: Before, claims: Claims) -> list[str]:
    """Everything that is not as the clients were told, in sentences; nothing if all is well."""
    found = []
    for sentences in (
        _posts(cursor, before, claims),
        _keys(cursor, claims),
        _votes(cursor, before, claims),
        _follows(cursor, claims),
    ):
        found += _some(list(sentences))
    return found + counters(cursor)


def counters(cursor: Any) -> list[str]:
    """Counters that do not equal their rows."""
    found = []
    for name, statement in COUNTERS.items():
        cursor.execute(f"SELECT count(*) OVER (), wrong.* FROM ({statement}) AS wrong LIMIT 1")
        if row := cursor.fetchone():
            found.append(f"{name}: {row[0]} do not equal their rows, such as {row[1]}, which says {row[2]} instead of {row[3]}.")
    return found


def _some(sentences: list[str]) -> list[str]:
    more = len(sentences) - MOST_TOLD
    return sentences if more <= 1 else [*sentences[:MOST_TOLD], f"… and {more} more like these."]


def _posts(cursor: Any, before: Before, claims: Claims) -> Iterator[str]:
    cursor.execute("SELECT body, author_id FROM posts WHERE id > %s", [before.last_post])
    stored = [(found[1] if (found := MARK.search(body)) else body, author) for body, author in cursor.fetchall()]
    times, authors = Counter(mark for mark, _ in stored), dict(stored)
    for mark, author in claims.done.items():
        if not times[mark]:
            yield f"Lost: the post {mark} of person {author} was acknowledged and is not there."
        elif authors[mark] != author:
            yield f"Misplaced: the post {mark} of person {author} stands under {authors[mark]}."
    for mark, number in times.items():
        if mark not in claims.sent:
            yield f"Unasked: nobody has sent the post {mark!r}."
        elif number > 1:
            yield f"Doubled: the post {mark} was sent by one person for one and is there {number} times."


def _keys(cursor: Any, claims: Claims) -> Iterator[str]:
    cursor.execute("SELECT key FROM kept_answers WHERE status = 201 AND key = ANY (%s)", [list(claims.keys)])
    for key in claims.keys - {key for (key,) in cursor.fetchall()}:
        yield f"Lost: the answer under the Idempotency-Key {key} is not kept."


def _votes(cursor: Any, before: Before, claims: Claims) -> Iterator[str]:
    cursor.execute("SELECT poll_id, user_id, choices FROM votes WHERE created_at >= %s", [before.at])
    stored = {(poll, voter): choices for poll, voter, choices in cursor.fetchall()}
    for vote, choice in claims.done_votes.items():
        if stored.get(vote) != [choice]:
            yield f"Lost: person {vote[1]} voted for {choice} in poll {vote[0]}, and there is {stored.get(vote) or 'nothing'}."
    for poll, voter in stored.keys() - claims.sent_votes:
        yield f"Unasked: nobody has sent the vote of person {voter} in poll {poll}."


def _follows(cursor: Any, claims: Claims) -> Iterator[str]:
    readers = list({reader for reader, _ in claims.follows})
    cursor.execute("SELECT follower_id, followed_id FROM followers WHERE follower_id = ANY (%s)", [readers])
    stored = set(cursor.fetchall())
    for pair, is_followed in claims.follows.items():
        if is_followed is not None and (pair in stored) != is_followed:
            verb = "begun" if is_followed else "ceased"
            yield f"Lost: person {pair[0]} has {verb} to read {pair[1]}, and that is not so."
