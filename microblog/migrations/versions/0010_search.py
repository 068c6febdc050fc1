"""The words by which posts and people are found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("search", TSVECTOR, server_default="", nullable=False))
    op.create_index("ix__posts__search", "posts", ["search"], postgresql_using="gin")
    op.add_column("users", sa.Column("search", TSVECTOR, server_default="", nullable=False))
    op.create_index("ix__users__search", "users", ["search"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_column("users", "search")
    op.drop_column("posts", "search")
