"""One engine per process, opened on first use, with a view for reading and a transaction for writing."""

import os
import threading
import time
from typing import Any, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from . import stopwatch
from .statements import PREPARED
from .views import View

# Seconds a connection may lie idle before it is asked whether it still lives: a restart of Postgres while nobody came by
# must not cost the next visitor an error, and asking every time would cost everybody a round trip.
IDLE_BEFORE_PING = 5.0

# Every wait ends long before nginx (30 s) or uWSGI (60 s) would end it; milliseconds.
SESSION_SETTINGS = {
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
}
# What is prepared is not planned again. Left to itself Postgres does plan what is about few of something, each time, for it
# takes such a statement to be about ten of it wherever it does not know: half of its work for a page with a poll on it.
PREPARING = {"plan_cache_mode": "force_generic_plan"}


def normalized(url: str) -> str:
    """Give any of the spellings of a Postgres address in the one that names our driver."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        return "postgresql+psycopg2://" + rest
    raise ValueError("it must begin with postgresql://")


# In the info of a session: what says, when it is called, where the work of the session comes from, as text by name.
SOURCE = "source"


class Database:
    """The way to Postgres for one application; safe to make before a fork, for nothing is opened until it is used."""

    def __init__(
        self,
        url: str,
        *,
        connections: int,
        name: str = "microblog",
        settings: dict[str, str] | None = None,
        pooled: bool = False,
        slow_ms: int = 0,
    ) -> None:
        """`pooled` says that the address may lead to a pooler, which gives each transaction another connection: nothing is set
        on one or prepared on it. What would have been set is then the role's own, which pooler.py sees to. Statements
        that take `slow_ms` milliseconds or more are logged; with 0 none is."""
        self.url = make_url(normalized(url))
        self.connections = connections
        self.name = name
        self.settings = {} if pooled else SESSION_SETTINGS | PREPARING | (settings or {})
        self.pooled = pooled
        self.slow_ms = slow_ms
        self._engines: dict[int, tuple[Engine, Engine]] = {}
        self._making = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine of this process, for transactions."""
        return self._pair()[0]

    def reading(self) -> Session:
        """A session that sees the latest committed state at each statement and needs no round trip to begin or end."""
        return cast(Session, View(*self._pair()))

    def writing(self) -> Session:
        """A session in one transaction; whoever opens it commits it."""
        return Session(self._pair()[0], expire_on_commit=False)

    def close(self) -> None:
        """Close this process's connections."""
        pair = self._engines.pop(os.getpid(), None)
        if pair:
            pair[0].dispose()

    def _pair(self) -> tuple[Engine, Engine]:
        process = os.getpid()
        pair = self._engines.get(process)
        if pair is None:
            with self._making:
                pair = self._engines.get(process)
                if pair is None:
                    engine = self._make()
                    pair = self._engines[process] = (engine, engine.execution_options(isolation_level="AUTOCOMMIT"))
        return pair

    def _make(self) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=self.connections,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            pool_use_lifo=True,
            hide_parameters=True,  # or a message would carry a password hash or a letter into the log
            connect_args={"connect_timeout": 2, "application_name": self.name}
            | _options(self.settings)
            | stopwatch.factories(self.slow_ms),
        )
        engine.dialect.set_isolation_level = _turn_autocommit  # type: ignore[method-assign,assignment]
        if not self.pooled:
            event.listen(engine, "connect", _let_prepare)
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", _look_over)
        return engine


def _options(settings: dict[str, str]) -> dict[str, str]:
    """What a session begins with, as libpq wants it; nothing at all where there is nothing, for a pooler refuses the word."""
    return {"options": " ".join(f"-c {name}={value}" for name, value in settings.items())} if settings else {}


def _turn_autocommit(connection: Any, level: str) -> None:
    """Only a flag of the driver. SQLAlchemy's own way asks the server each time a connection is given back, and if the server
    is gone by then the exception passes the pool by, which has one connection less from then on."""
    if not connection.closed:
        connection.autocommit = level == "AUTOCOMMIT"


def _let_prepare(_connection: Any, record: Any) -> None:
    record.info[PREPARED] = set()


def _note_time(_connection: Any, record: Any) -> None:
    record.info["returned_at"] = time.monotonic()


def _look_over(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection on its way out: as one for transactions, whatever it was before, and alive."""
    connection.autocommit = False
    returned_at = record.info.get("returned_at")
    if returned_at is None or time.monotonic() - returned_at < IDLE_BEFORE_PING:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.Error as error:
        raise DisconnectionError from error


def masked(url: str) -> str:
    """A database's address without its password."""
    address = make_url(normalized(url))
    return address.difference_update_query(["password"]).render_as_string(hide_password=True)
