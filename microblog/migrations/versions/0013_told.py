"""The ways from a post or a person that goes to what others were told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix__notifications__subject_id", "notifications", ["subject_id"], postgresql_where=sa.text("subject_id IS NOT NULL")
    )
    op.create_index(
        "ix__notifications__actor_id", "notifications", ["actor_id"], postgresql_where=sa.text("actor_id IS NOT NULL")
    )
    op.create_index("ix__conversations__other_id", "conversations", ["other_id"])


def downgrade() -> None:
    op.drop_index("ix__conversations__other_id", table_name="conversations")
    op.drop_index("ix__notifications__actor_id", table_name="notifications")
    op.drop_index("ix__notifications__subject_id", table_name="notifications")
