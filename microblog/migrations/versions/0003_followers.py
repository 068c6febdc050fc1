"""Who follows whom."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followers",
        sa.Column("follower_id", sa.Integer, nullable=False),
        sa.Column("followed_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name="pk__followers"),
        sa.ForeignKeyConstraint(["follower_id"], ["users.id"], name="fk__followers__follower_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["followed_id"], ["users.id"], name="fk__followers__followed_id", ondelete="CASCADE"),
        sa.CheckConstraint("follower_id <> followed_id", name=op.f("ck__followers__not_oneself")),
    )
    op.create_index("ix__followers__followed_id__follower_id", "followers", ["followed_id", "follower_id"])


def downgrade() -> None:
    op.drop_table("followers")
