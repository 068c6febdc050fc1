"""What has happened to accounts, written once and never changed; and when somebody last showed their password in a session."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Deleting is for the sweep, a year later. Emptying the whole table at once is left to a restore.
REFUSE = """
CREATE FUNCTION keep_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.created_at < now() - interval '365 days' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM audit_entries) THEN
        RETURN NULL;  -- a restore empties what is empty
    END IF;
    RAISE EXCEPTION 'audit_entries are kept as they are' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("face", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("user_agent", sa.String, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__audit_entries"),
    )
    op.create_index("ix__audit_entries__user_id__id", "audit_entries", ["user_id", "id"])
    op.create_index("ix__audit_entries__event__id", "audit_entries", ["event", "id"])
    op.execute(REFUSE)
    op.execute("CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION keep_audit_entries()")
    op.execute("CREATE TRIGGER keep_all BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION keep_audit_entries()")
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))
    op.execute("UPDATE sessions SET confirmed_at = created_at")


def downgrade() -> None:
    op.drop_column("sessions", "confirmed_at")
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION keep_audit_entries()")
