"""Where each table would lie if the rows were spread over several Postgres servers by Citus. docs/scaling.md tells what it costs;
tests/models/test_distribution.py holds the two, the tables and the statements of the pages against each other."""

from dataclasses import dataclass

DISTRIBUTED, REFERENCE, LOCAL = "distributed", "reference", "local"


@dataclass(frozen=True)
class Place:
    """Distributed tables are cut into shards by a `column`; of those that lie `together` the shards with the same values are on
    one server. A reference table is on every server, whole; a local one on the coordinator alone."""

    kind: str
    column: str = ""
    together: str = ""


def by(column: str, together: str) -> Place:
    return Place(DISTRIBUTED, column, together)


EVERYWHERE = Place(REFERENCE)
AT_THE_COORDINATOR = Place(LOCAL)

PLACES = {
    # Who people are is asked with everything they do, and seldom changes.
    "users": EVERYWHERE,
    "credentials": EVERYWHERE,
    # What a person says and has lies with them; who follows somebody lies with the followed, beside what those say.
    "posts": by("author_id", "person"),
    "followers": by("followed_id", "person"),
    "messages": by("sender_id", "person"),
    "conversations": by("user_id", "person"),
    "notifications": by("user_id", "person"),
    "signals": by("user_id", "person"),
    "sessions": by("user_id", "person"),
    "access_tokens": by("user_id", "person"),
    "tokens": by("user_id", "person"),
    "tasks": by("user_id", "person"),
    "avatars": by("user_id", "person"),
    "audit_entries": by("user_id", "person"),
    # A vote is counted under its poll's lock.
    "polls": by("id", "poll"),
    "poll_choices": by("poll_id", "poll"),
    "votes": by("poll_id", "poll"),
    # What is looked up by one key.
    "translations": by("digest", "digest"),
    "kept_answers": by("caller", "caller"),
    "allowances": by("caller", "caller"),
    # Small, and locked row by row: SKIP LOCKED works where all rows are.
    "jobs": AT_THE_COORDINATOR,
    "periodic_jobs": AT_THE_COORDINATOR,
    "heartbeats": AT_THE_COORDINATOR,
    "counters": AT_THE_COORDINATOR,
    "failures": AT_THE_COORDINATOR,
}
