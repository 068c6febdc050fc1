"""What went wrong in the database, told apart by what the sender should be told."""

from enum import Enum

import psycopg2
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

DIALECT = PGDialect_psycopg2(dbapi=psycopg2)


class Fault(Enum):
    """The kinds of database trouble that have an answer of their own."""

    AWAY = "away"  # cannot be reached, or no connection is free: 503, and reading again may help
    SLOW = "slow"  # a statement or a lock took too long: 503
    COLLISION = "collision"  # two transactions stood in each other's way: run the whole request again
    TAKEN = "taken"  # a unique index or another constraint said no: 409
    UNFIT = "unfit"  # the value cannot be stored at all: 400


# SQLSTATE, or its first two characters; from the error appendix of the PostgreSQL manual.
FAULTS = {
    "40001": Fault.COLLISION,
    "40P01": Fault.COLLISION,
    "55P03": Fault.SLOW,
    "57014": Fault.SLOW,
    "25006": Fault.AWAY,
    "54000": Fault.UNFIT,
    "08": Fault.AWAY,
    "53": Fault.AWAY,
    "57": Fault.AWAY,
    "22": Fault.UNFIT,
    "23": Fault.TAKEN,
}


def fault_of(error: BaseException) -> Fault | None:
    """The kind of database trouble an exception stands for, or None if it is something else."""
    if isinstance(error, exc.TimeoutError):  # the pool had no connection to give
        return Fault.AWAY
    if isinstance(error, exc.DBAPIError):
        orig, invalidated = error.orig, error.connection_invalidated
    elif isinstance(error, psycopg2.Error):  # raised where SQLAlchemy wraps nothing
        orig, invalidated = error, is_lost(error)
    else:
        return None
    state = getattr(orig, "pgcode", None)
    if state is None:
        lost = invalidated or isinstance(orig, psycopg2.OperationalError | psycopg2.InterfaceError)
        return Fault.AWAY if lost else None
    return FAULTS.get(state) or FAULTS.get(state[:2])


def is_lost(error: psycopg2.Error) -> bool:
    """Whether the connection that an error of the driver came from is gone. The driver may see that at the next statement only:
    where Postgres is killed under one, it raises a bare DatabaseError, and the connection passes for open."""
    return DIALECT.is_disconnect(error, None, None)


def constraint_of(error: exc.IntegrityError) -> str:
    """The name of the constraint that said no."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
