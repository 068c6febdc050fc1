"""Tokens for one act: a new password, a new address, a download."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("details", JSONB, server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__tokens"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__tokens__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("purpose IN ('reset', 'email', 'download')", name=op.f("ck__tokens__purpose")),
    )
    op.create_index("uq__tokens__digest", "tokens", ["digest"], unique=True)
    op.create_index("ix__tokens__user_id__purpose", "tokens", ["user_id", "purpose"])
    op.create_index("ix__tokens__expires_at", "tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_table("tokens")
