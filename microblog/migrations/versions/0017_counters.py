"""Numbers that many processes count together: how many people there are, and the laboratory's counter."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk__counters"),
    )
    op.execute("LOCK TABLE users IN SHARE MODE")  # nobody joins between the count and the first time that joining counts
    op.execute("INSERT INTO counters SELECT 'users', count(*) FROM users WHERE suspended_at IS NULL")
    op.execute("INSERT INTO counters VALUES ('lab', 0)")


def downgrade() -> None:
    op.drop_table("counters")
