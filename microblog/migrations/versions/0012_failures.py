"""Errors nobody foresaw, and when the administrator last heard of each."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failures",
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("happened", sa.Integer, server_default="1", nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk__failures"),
    )


def downgrade() -> None:
    op.drop_table("failures")
