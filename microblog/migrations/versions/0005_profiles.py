"""The language people read in, their pictures, and who minds the house."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("is_admin", sa.Boolean, server_default=sa.text("false"), nullable=False))
    op.add_column("users", sa.Column("language", sa.String, server_default="", nullable=False))
    op.add_column("users", sa.Column("avatar_version", sa.Integer, server_default="0", nullable=False))
    op.create_table(
        "avatars",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("picture", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk__avatars"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__avatars__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("octet_length(picture) <= 524288", name=op.f("ck__avatars__picture")),
    )


def downgrade() -> None:
    op.drop_table("avatars")
    op.drop_column("users", "avatar_version")
    op.drop_column("users", "language")
    op.drop_column("users", "is_admin")
