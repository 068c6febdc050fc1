"""Views: sessions for reading, which see the latest committed state at each statement and need no round trip to begin or end.

Most pages ask only prepared statements (statements.py), for which the driver's connection is enough. SQLAlchemy's own connection
and session are put around it once somebody asks for what they can do.
"""

from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, exc
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection


class View:
    """A session for reading. What is asked of it and stands not here is asked of a session, which is made then."""

    def __init__(self, engine: Engine, reading: Engine) -> None:
        """`engine` lends the connection; `reading` is the same one for sessions whose statements need no transaction."""
        self.info: dict[str, Any] = {}
        self._engine = engine
        self._reading = reading
        self._lent: PoolProxiedConnection | None = None
        self._connection: Connection | None = None
        self._session: Session | None = None

    @property
    def dispatch(self) -> Any:
        """Those who listen to all statements, as SQLAlchemy keeps them."""
        return self._engine.dispatch

    def lent(self) -> PoolProxiedConnection:
        """The driver's connection, until the view is closed; another one if it was lost."""
        if self._lent is not None and not self._lent.is_valid:
            self.close()
        if self._lent is None:
            try:
                self._lent = self._engine.raw_connection()
            except psycopg2.Error as error:
                raise exc.OperationalError(None, None, error) from error  # as it is everywhere else
            driver: Any = self._lent.dbapi_connection
            driver.autocommit = True
        return self._lent

    def connection(self) -> Connection:
        """The same as SQLAlchemy's connection."""
        if self._connection is None:
            self._connection = Connection(self._reading, self.lent())
        return self._connection

    def __getattr__(self, name: str) -> Any:
        if self._session is None:
            self._session = Session(self.connection(), expire_on_commit=False, autoflush=False)
        return getattr(self._session, name)

    def close(self) -> None:
        """Give the connection back."""
        session, connection, lent = self._session, self._connection, self._lent
        self._session = self._connection = self._lent = None
        if session is not None:
            session.close()
        if connection is not None:
            connection.close()
        elif lent is not None:
            lent.close()

    def __enter__(self) -> "View":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
