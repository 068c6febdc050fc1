"""Names come into their index at once: each search for people read the list of those that were not sorted in yet."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whatever changes in a person's row may put its words on that list, which was up to 512 pages long.
    op.execute("ALTER INDEX ix__users__search SET (fastupdate = off)")
    op.execute("SELECT gin_clean_pending_list('ix__users__search')")


def downgrade() -> None:
    op.execute("ALTER INDEX ix__users__search RESET (fastupdate)")
