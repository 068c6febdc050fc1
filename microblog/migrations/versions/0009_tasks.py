"""Work people have asked for and can watch."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.String(128), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("complete", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("failed", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("progress", sa.Integer, server_default="0", nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__tasks"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__tasks__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck__tasks__progress")),
    )
    op.create_index("ix__tasks__name", "tasks", ["name"])
    op.create_index("ix__tasks__user_id", "tasks", ["user_id"])
    op.create_index("uq__tasks__one_open", "tasks", ["user_id", "name"], unique=True, postgresql_where=sa.text("NOT complete"))


def downgrade() -> None:
    op.drop_table("tasks")
