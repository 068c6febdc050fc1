"""The ledger of acknowledged writes: what clients sent, what they were told, and whether the database agrees afterwards.

Posts, answers under a key, votes, follows and counters are judged by the load test's own ledger (microblog/bench/ledger.py). Here
are what it has none of: messages, people, letters, and the answers themselves, each with its time.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from microblog.bench.ledger import MARK, Before, Claims, violations

from ..deploy.installation import Installation

CUT = "no answer"
GATEWAY = (502, 504)  # nginx, for a worker that died with the request in hand or did not answer at all
QUIET_WITHIN = 20.0  # seconds until what is still under way has ended


@dataclass(frozen=True)
class Reply:
    """One answer, or that none came: when it was asked for and heard (monotonic), what for, and its status."""

    began: float
    ended: float
    what: str
    status: int | str
    is_good: bool


@dataclass
class Ledger:
    """What all clients of one installation note, from now on."""

    site: Installation
    claims: Claims = field(default_factory=Claims)
    messages: dict[str, dict[str, int]] = field(default_factory=lambda: {"sent": {}, "done": {}})
    people: dict[str, set[str]] = field(default_factory=lambda: {"sent": set(), "done": set()})
    letters: dict[str, Counter[str]] = field(default_factory=lambda: {"sent": Counter(), "done": Counter()})
    replies: list[Reply] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # answers that no fault excuses
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.site.database.close()
        with self.cursor() as cursor:
            found = Before.of(cursor)
            self.before = Before(found.last_post or 0, found.at)

    # What clients note

    def note(self, word: str, what: str, *proof: Any) -> None:
        """Something is about to be `sent`, or was acknowledged and is `done`."""
        with self.lock:
            if what == "message":
                mark, sender = proof
                self.messages[word][mark] = sender
            elif what == "person":
                self.people[word].add(proof[0])
            elif what == "letter":
                self.letters[word][proof[0]] += 1
            elif what != "page":
                self.claims.take("\t".join(map(str, (word, what, *proof))))

    def hear(self, reply: Reply, complaint: str = "") -> None:
        """An answer has come; with a complaint it is one that nobody should get."""
        with self.lock:
            self.replies.append(reply)
            if complaint:
                self.wrong.append(f"{reply.what}: {reply.status} {complaint}")

    # What can be asked of it

    @property
    def statuses(self) -> Counter[int | str]:
        with self.lock:
            return Counter(reply.status for reply in self.replies)

    def good_since(self, moment: float) -> list[Reply]:
        """Acknowledgements of what was asked for after a moment."""
        with self.lock:
            return [reply for reply in self.replies if reply.is_good and reply.began >= moment]

    def count(self, *, good: bool = False) -> int:
        with self.lock:
            return sum(reply.is_good or not good for reply in self.replies)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        with self.site.database.reading() as db, db.connection().connection.cursor() as cursor:
            yield cursor

    def wait_until_quiet(self) -> None:
        """Until nothing is under way in the database that a dead or an impatient client has left there."""
        self.site.database.close()  # the connection may have died with all others
        busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'microblog' AND state <> 'idle'"
        busy += " AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + QUIET_WITHIN
        while self.site.one(busy):
            assert time.monotonic() < deadline, "requests go on without end"
            time.sleep(0.02)

    def violations(self, *, cut_by_nginx: int = 0) -> list[str]:
        """Everything that is not as the clients were told, in sentences. So many answers of nginx in place of ours are forgiven."""
        self.wait_until_quiet()
        with self.cursor() as cursor:
            found = violations(cursor, self.before, self.claims)
            found += [*self._messages(cursor), *self._people(cursor)]
        gateway = sum(self.statuses[status] for status in GATEWAY)
        if gateway > cut_by_nginx:
            found.append(f"Unserved: nginx answered {gateway} times itself, {cut_by_nginx} at most could not be helped.")
        if self.statuses[CUT]:
            found.append(f"Unanswered: {self.statuses[CUT]} requests.")
        if self.wrong:
            found.append(f"Wrong answers, {len(self.wrong)}, such as {self.wrong[:3]}.")
        return found

    def check(self, *, cut_by_nginx: int = 0) -> None:
        """Fail with all that is not as the clients were told."""
        found = self.violations(cut_by_nginx=cut_by_nginx)
        assert not found, "\n".join([*found, f"The answers: {dict(self.statuses)}"])

    def astray(self, delivered: list[bytes]) -> list[str]:
        """What is wrong with the letters that the post office has: each one asked for is there, told apart by its Message-ID."""
        known = {(letter["To"], letter["Message-ID"]) for letter in map(message_from_bytes, delivered)}
        arrived = Counter(re.sub(r".*<|>", "", to) for to, _ in known)
        found = []
        for address in self.letters["sent"].keys() | arrived.keys():
            least, most = self.letters["done"][address], self.letters["sent"][address]
            if not least <= arrived[address] <= most:
                found.append(f"Letters to {address}: {arrived[address]}, asked for {least} to {most} times.")
        return found

    def _messages(self, cursor: Any) -> Iterator[str]:
        cursor.execute("SELECT body, sender_id FROM messages WHERE created_at >= %s", [self.before.at])
        stored = [(found[1] if (found := MARK.search(body)) else body, sender) for body, sender in cursor.fetchall()]
        times, senders = Counter(mark for mark, _ in stored), dict(stored)
        for mark, sender in self.messages["done"].items():
            if not times[mark]:
                yield f"Lost: the message {mark} of person {sender} was acknowledged and is not there."
        for mark, number in times.items():
            if self.messages["sent"].get(mark) != senders[mark]:
                yield f"Unasked: person {senders[mark]} has not sent the message {mark!r}."
            elif number > 1:
                yield f"Doubled: the message {mark} is there {number} times."

    def _people(self, cursor: Any) -> Iterator[str]:
        cursor.execute(
            "SELECT username, user_id FROM users LEFT JOIN credentials ON user_id = id WHERE created_at >= %s", [self.before.at]
        )
        stored = dict(cursor.fetchall())
        for name in self.people["done"] - stored.keys():
            yield f"Lost: {name} was welcomed and is not there."
        for name in stored.keys() - self.people["sent"]:
            yield f"Unasked: nobody has asked to be {name}."
        for name, credential in stored.items():
            if credential is None:
                yield f"Halved: {name} has no credentials."
