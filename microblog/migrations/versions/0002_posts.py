"""Posts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("language", sa.String, server_default="", nullable=False),
        sa.Column("mentions", ARRAY(sa.String), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("nonce", sa.String),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__posts"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk__posts__author_id", ondelete="CASCADE"),
        sa.UniqueConstraint("author_id", "nonce", name="uq__posts__author_id_nonce"),
        sa.CheckConstraint("char_length(body) BETWEEN 1 AND 5000", name=op.f("ck__posts__body")),
        sa.CheckConstraint("char_length(nonce) <= 64", name=op.f("ck__posts__nonce")),
    )
    op.create_index("ix__posts__author_id__id", "posts", ["author_id", "id"])


def downgrade() -> None:
    op.drop_table("posts")
