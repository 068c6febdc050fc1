"""What lets programs in, and the first answers to what they may have to ask twice."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("face", sa.String, nullable=False),
        sa.Column("label", sa.String, server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__access_tokens"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__access_tokens__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("face IN ('api', 'miniter', 'ballot', 'tokenauth')", name=op.f("ck__access_tokens__face")),
        sa.CheckConstraint("(digest IS NOT NULL) = (face = 'api')", name=op.f("ck__access_tokens__digest")),
        sa.CheckConstraint("char_length(label) <= 100", name=op.f("ck__access_tokens__label")),
    )
    op.create_index("uq__access_tokens__digest", "access_tokens", ["digest"], unique=True)
    op.create_index(
        "uq__access_tokens__user_id__label",
        "access_tokens",
        ["user_id", "label"],
        unique=True,
        postgresql_where=sa.text("face = 'api'"),
    )
    op.create_index("ix__access_tokens__user_id", "access_tokens", ["user_id"])
    op.create_index("ix__access_tokens__expires_at", "access_tokens", ["expires_at"])
    op.create_table(
        "kept_answers",
        sa.Column("caller", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("location", sa.String, server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary, server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk__kept_answers"),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 255", name=op.f("ck__kept_answers__key")),
    )
    op.create_index("ix__kept_answers__created_at", "kept_answers", ["created_at"])


def downgrade() -> None:
    op.drop_table("kept_answers")
    op.drop_table("access_tokens")
