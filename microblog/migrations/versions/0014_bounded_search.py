"""What keeps a search short however much is posted: words stay in their row, and soon come into their index."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A long post's words stay beside it, up to a page: a search that looks at many posts reads each of them once.
    op.execute("ALTER TABLE posts SET (toast_tuple_target = 8160)")
    # Every search reads the list of words that are not yet sorted into the index, so it may have 32 pages, not 512.
    op.execute("ALTER INDEX ix__posts__search SET (gin_pending_list_limit = 256)")


def downgrade() -> None:
    op.execute("ALTER INDEX ix__posts__search RESET (gin_pending_list_limit)")
    op.execute("ALTER TABLE posts RESET (toast_tuple_target)")
