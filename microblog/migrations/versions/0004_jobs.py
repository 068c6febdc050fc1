"""The queue, the clock of periodic jobs, and the allowances of rate limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = "status IN ('waiting', 'running')"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("arguments", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("only_once", sa.String),
        sa.Column("status", sa.String, server_default="waiting", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("attempt", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_error", sa.String, server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__jobs"),
        sa.CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck__jobs__status")),
    )
    op.create_index("ix__jobs__run_at__id", "jobs", ["run_at", "id"], postgresql_where=sa.text(OPEN))
    op.create_index(
        "uq__jobs__name__only_once",
        "jobs",
        ["name", "only_once"],
        unique=True,
        postgresql_where=sa.text("only_once IS NOT NULL AND " + OPEN),
    )
    op.create_table(
        "periodic_jobs",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk__periodic_jobs"),
    )
    op.create_table(
        "allowances",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("caller", sa.String, nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "caller", name="pk__allowances"),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("allowances")
    op.drop_table("periodic_jobs")
    op.drop_table("jobs")
