"""Private messages, and each side of a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("unread_message_count", sa.Integer, server_default="0", nullable=False))
    op.add_column("users", sa.Column("last_message_read_time", sa.DateTime(timezone=True)))
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("sender_id", sa.Integer, nullable=False),
        sa.Column("recipient_id", sa.Integer, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("nonce", sa.String),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__messages"),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name="fk__messages__sender_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk__messages__recipient_id", ondelete="CASCADE"),
        sa.CheckConstraint("char_length(body) BETWEEN 1 AND 5000", name=op.f("ck__messages__body")),
        sa.CheckConstraint("char_length(nonce) <= 64", name=op.f("ck__messages__nonce")),
        sa.CheckConstraint("sender_id <> recipient_id", name=op.f("ck__messages__not_to_oneself")),
    )
    low, high = sa.text("least(sender_id, recipient_id)"), sa.text("greatest(sender_id, recipient_id)")
    op.create_index("ix__messages__pair__id", "messages", [low, high, "id"])
    op.create_index("ix__messages__recipient_id__id", "messages", ["recipient_id", "id"])
    op.create_index("uq__messages__sender_id__nonce", "messages", ["sender_id", "nonce"], unique=True)
    op.create_table(
        "conversations",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.Column("last_message_id", sa.BigInteger, nullable=False),
        sa.Column("unread_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("user_id", "other_id", name="pk__conversations"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__conversations__user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["users.id"], name="fk__conversations__other_id", ondelete="CASCADE"),
        sa.CheckConstraint("unread_count >= 0", name=op.f("ck__conversations__unread_count")),
    )
    op.create_index("ix__conversations__user_id__last_message_id", "conversations", ["user_id", "last_message_id"])


def downgrade() -> None:
    op.drop_table("conversations")
    op.drop_table("messages")
    op.drop_column("users", "last_message_read_time")
    op.drop_column("users", "unread_message_count")
