"""A read replica: pages that may lag a little are read there, but never older than what their reader has just written."""

import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from .database import Database

AVOIDED_FOR = 5.0  # seconds for which a replica that does not answer is left alone; the primary answers as long
# Where the next record will stand: what is committed lies before it, flushed or not.
WRITTEN = text("SELECT pg_current_wal_insert_lsn()::text")
HAS_CAUGHT_UP = text("SELECT pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)")

BEHIND = text("SELECT greatest(pg_wal_lsn_diff(CAST(:position AS pg_lsn), pg_last_wal_replay_lsn()), 0)::bigint")


def position(primary: Session) -> str:
    """How far the primary's log goes, at least as far as what this session has committed."""
    return str(primary.scalar(WRITTEN))


class Replica:
    """A copy of the database that follows the primary by streaming. Positions are those of Postgres' log (LSN)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._avoided_until = 0.0

    @property
    def is_avoided(self) -> bool:
        return time.monotonic() < self._avoided_until

    def avoid(self) -> None:
        """Leave the replica alone for a while."""
        self._avoided_until = time.monotonic() + AVOIDED_FOR

    def has_caught_up(self, position: str) -> bool:
        """Whether the replica shows what the primary had at this position. One that is a primary by now has no position."""
        with self.database.reading() as db:
            return bool(db.scalar(HAS_CAUGHT_UP, {"position": position}))

    def behind(self, position: str) -> int:
        """Bytes of the primary's log up to this position that the replica does not show yet."""
        with self.database.reading() as db:
            return db.scalar(BEHIND, {"position": position}) or 0
