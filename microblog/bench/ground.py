"""The Postgres that a run stands on: a private cluster that is kept with its town, or a database that somebody has named.

The cluster has the ordinary, durable settings, and as much memory for data as operators are told to give it. In it the database
`town` is filled once and never touched again; each point of the grid works on a copy of its own, so that none finds what
another has written.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from .. import migrations
from ..core import hours, words
from ..embedded import Cluster, ClusterError
from ..framework.database import normalized
from . import BenchError, machine, planting, vocabulary
from . import town as towns
from .plan import Plan
from .town import Town

FRESH_FOR = timedelta(days=7)  # then its newest posts are too old to be a town's newest posts
COPY = "run"
MOST_MEMORY = 4_096  # megabytes for data at hand; a quarter of the machine's is what Postgres' manual begins with

Say = Callable[[str], None]


@dataclass(frozen=True)
class Ground:
    """A planted town. `postmaster` is the process of its Postgres, None if that is not on this machine."""

    url: str
    town: Town
    seconds: float  # that planting took, whenever that was
    is_new: bool
    version: str
    postmaster: int | None
    can_copy: bool

    @contextmanager
    def copy(self, name: str = COPY) -> Iterator[str]:
        """The address of a database with the town as it was planted; in a database that was named, as the last point left it."""
        if not self.can_copy:
            yield self.url
            return
        with closing(planting.connect(dsn_of(_named(self.url, "microblog")))) as connection:
            cursor = connection.cursor()
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE town STRATEGY file_copy")
            try:
                yield _named(self.url, name)
            finally:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def prepared(plan: Plan, folder: Path, say: Say, progress: planting.Progress) -> Iterator[Ground]:
    """The ground for a run, planted if need be; the cluster runs within the block."""
    if plan.database_url:
        with _understood():
            yield _given(plan, progress)
        return
    place = folder / f"data-{plan.people}-{plan.posts}"
    with _understood(), Cluster(place, memory=min(machine.total_memory() // 4, MOST_MEMORY)) as cluster:
        yield _own(plan, cluster.url, say, progress)


def told(ground: Ground) -> dict[str, Any]:
    """A ground as a report has it."""
    town = ground.town
    return {"people": town.people, "posts": town.posts, "seconds": ground.seconds, "is_new": ground.is_new}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One load test at a time: two would measure each other."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held = f"it holds {folder / 'lock'}"
            raise BenchError(f"Another load test is under way ({held}). Two at once would measure each other.") from error
        yield
    finally:
        os.close(lock)


def dsn_of(url: str) -> str:
    """An address as psycopg2 itself takes it."""
    return make_url(normalized(url)).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except ClusterError as error:
        raise BenchError(str(error)) from error


def _own(plan: Plan, url: str, say: Say, progress: planting.Progress) -> Ground:
    wanted = {"people": plan.people, "posts": plan.posts, "made_by": _fingerprint()}
    with closing(planting.connect(dsn_of(url))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'town'")
        found = cursor.fetchone()
        stamp = json.loads(found[0]) if found and found[0] and not plan.fresh else {}
        is_kept = wanted.items() <= stamp.items() and datetime.now(UTC) - datetime.fromisoformat(stamp["until"]) < FRESH_FOR
        if not is_kept:
            stamp = wanted | _plant(cursor, url, plan, say, progress)
            cursor.execute("COMMENT ON DATABASE town IS %s", [json.dumps(stamp)])
        else:
            say(f"The town is there already: {plan.people:,} people and {plan.posts:,} posts.")
        town = Town(plan.people, plan.posts, datetime.fromisoformat(stamp["until"]))
        version, postmaster = _of_postgres(cursor)
    return Ground(_named(url, "town"), town, stamp["seconds"], not is_kept, version, postmaster, can_copy=True)


def _plant(cursor: Any, url: str, plan: Plan, say: Say, progress: planting.Progress) -> dict[str, Any]:
    """Fill a new database and, once all of it is there, put it in the place of the old one."""
    say(f"Planting a town of {plan.people:,} people and {plan.posts:,} posts …")
    cursor.execute("DROP DATABASE IF EXISTS making WITH (FORCE)")
    cursor.execute("DROP DATABASE IF EXISTS town WITH (FORCE)")
    cursor.execute("CREATE DATABASE making")
    town, seconds = _planted(_named(url, "making"), plan, progress)
    cursor.execute("ALTER DATABASE making RENAME TO town")
    return {"until": town.until.isoformat(), "seconds": seconds}


def _given(plan: Plan, progress: planting.Progress) -> Ground:
    with closing(planting.connect(dsn_of(plan.database_url))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
        if cursor.fetchone()[0]:
            raise BenchError("The database that --database-url names is not empty. The load test fills it, so it must be.")
        version, postmaster = _of_postgres(cursor)
    town, seconds = _planted(plan.database_url, plan, progress)
    return Ground(plan.database_url, town, seconds, True, version, postmaster, can_copy=False)


def _planted(url: str, plan: Plan, progress: planting.Progress) -> tuple[Town, float]:
    began = time.monotonic()
    migrations.run(url, "upgrade", "head")
    town = Town(plan.people, plan.posts, datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    planting.plant(dsn_of(url), town, progress)
    return town, round(time.monotonic() - began, 1)


def _of_postgres(cursor: Any) -> tuple[str, int | None]:
    """The version of Postgres, and its first process where that runs on this machine."""
    cursor.execute(
        "SELECT current_setting('server_version'), pg_backend_pid(),"
        " inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8'"
    )
    version, backend, is_here = cursor.fetchone()
    return version.split()[0], machine.parent_of(backend, called="postgres") if is_here else None


def _fingerprint() -> str:
    """What the town depends on besides its size: the code that makes it and the schema."""
    digest = hashlib.sha256(migrations.head().encode())
    for module in (towns, planting, vocabulary, words, hours):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:16]


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
