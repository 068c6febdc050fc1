"""People, what lets them in, and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Milliseconds since 1970 in the upper 48 bits, a running number in the lower 16: ids that tell the time, unique up to
# 65,536 a millisecond.
NEXT_ID = """
CREATE FUNCTION next_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16) | (nextval('next_id_number') & 65535)
$$
"""


def upgrade() -> None:
    op.execute("CREATE SEQUENCE next_id_number AS bigint CYCLE")
    op.execute(NEXT_ID)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("username", sa.String, nullable=False),
        sa.Column("display_name", sa.String, server_default="", nullable=False),
        sa.Column("about_me", sa.String, server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True)),
        sa.Column("post_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("follower_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("followed_count", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__users"),
        sa.CheckConstraint(r"username ~ '^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$'", name=op.f("ck__users__username")),
        sa.CheckConstraint("char_length(display_name) <= 100", name=op.f("ck__users__display_name")),
        sa.CheckConstraint("char_length(about_me) <= 500", name=op.f("ck__users__about_me")),
    )
    op.create_index("uq__users__lower_username", "users", [sa.text("lower(username)")], unique=True)
    op.create_table(
        "credentials",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk__credentials"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__credentials__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("char_length(email) BETWEEN 3 AND 254", name=op.f("ck__credentials__email")),
    )
    op.create_index("uq__credentials__lower_email", "credentials", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remembered", sa.Boolean, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("user_agent", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk__sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__sessions__user_id", ondelete="CASCADE"),
    )
    op.create_index("ix__sessions__user_id", "sessions", ["user_id"])
    op.create_index("ix__sessions__expires_at", "sessions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("credentials")
    op.drop_table("users")
    op.execute("DROP FUNCTION next_id()")
    op.execute("DROP SEQUENCE next_id_number")
