"""Who does jobs at this moment, as each of them says again and again; and an index of the few jobs that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("done", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk__heartbeats"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix__jobs__failed", "jobs", ["finished_at"], postgresql_where=sa.text("status = 'failed'"))


def downgrade() -> None:
    op.drop_index("ix__jobs__failed", "jobs")
    op.drop_table("heartbeats")
