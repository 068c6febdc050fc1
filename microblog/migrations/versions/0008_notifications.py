"""What people are told, and signals for open pages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("unread_notification_count", sa.Integer, server_default="0", nullable=False))
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("subject_id", sa.BigInteger),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__notifications"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__notifications__user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk__notifications__actor_id", ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('follow', 'mention', 'message', 'task')", name=op.f("ck__notifications__kind")),
    )
    op.create_index("ix__notifications__user_id__id", "notifications", ["user_id", "id"])
    op.create_index(
        "uq__notifications__once",
        "notifications",
        ["user_id", "kind", "actor_id", "subject_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "signals",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("subject", sa.String, server_default="", nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("timestamp", sa.Double, server_default=sa.text("extract(epoch FROM clock_timestamp())"), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", "subject", name="pk__signals"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__signals__user_id", ondelete="CASCADE"),
    )
    op.create_index("ix__signals__user_id__timestamp", "signals", ["user_id", "timestamp"])


def downgrade() -> None:
    op.drop_table("signals")
    op.drop_table("notifications")
    op.drop_column("users", "unread_notification_count")
