"""Work a person has asked for and can watch."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Instant, LaterInstant


class Task(Base):
    """What a person sees of a job. Of one name each person has at most one that is not complete."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("ix__tasks__name", "name"),
        Index("ix__tasks__user_id", "user_id"),
        Index("uq__tasks__one_open", "user_id", "name", unique=True, postgresql_where=text("NOT complete")),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    complete: Mapped[bool] = mapped_column(server_default=text("false"))
    failed: Mapped[bool] = mapped_column(server_default=text("false"))
    progress: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[Instant]
    finished_at: Mapped[LaterInstant]

    def __repr__(self) -> str:
        return f"<Task {self.name}>"
