"""How much of its allowance each caller has used, the same for all processes."""

from datetime import datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Allowance(Base):
    """One caller's use of one limit, as the instant at which the allowance will be whole again (GCRA)."""

    __tablename__ = "allowances"
    # Lost after a crash of Postgres, and no harm done: everybody then begins with a whole allowance.
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    name: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    whole_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
