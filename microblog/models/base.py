"""The common ground of all tables: names for constraints, and the id that tells the time."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, MetaData, func, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

metadata = MetaData(
    naming_convention={
        "ix": "ix__%(table_name)s__%(column_0_N_name)s",
        "uq": "uq__%(table_name)s__%(column_0_N_name)s",
        "ck": "ck__%(table_name)s__%(constraint_name)s",
        "fk": "fk__%(table_name)s__%(column_0_N_name)s",
        "pk": "pk__%(table_name)s",
    }
)


class Base(DeclarativeBase):
    metadata = metadata


# An instant with its zone, set by the database clock when the row is made.
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]

# An instant that may not have come yet.
LaterInstant = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]

# Milliseconds since 1970 shifted left by 16 bits, plus a running number: later rows have greater ids, and a list in id
# order is in time order. The function next_id() is made by the first migration.
TimeOrderedId = Annotated[int, mapped_column(BigInteger, primary_key=True, server_default=text("next_id()"))]
