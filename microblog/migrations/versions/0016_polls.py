"""Polls, the standing ballot with its ten candidates, and posts that can be mended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As the voting API of the source documents had them, ids 1 to 10 in this order.
CANDIDATES = ("정시원", "고은", "유현우", "김*오", "문*빈", "문*진", "서*빈", "이*용", "장*훈", "황*나")


def upgrade() -> None:
    op.add_column("posts", sa.Column("has_poll", sa.Boolean, server_default=sa.text("false"), nullable=False))
    op.add_column("posts", sa.Column("edited_at", sa.DateTime(timezone=True)))
    op.create_table(
        "polls",
        sa.Column("id", sa.BigInteger, server_default=sa.text("next_id()"), nullable=False),
        sa.Column("post_id", sa.BigInteger),
        sa.Column("question", sa.String, server_default="", nullable=False),
        sa.Column("takes_several", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("is_standing", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("voter_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk__polls"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk__polls__post_id", ondelete="CASCADE"),
        sa.CheckConstraint("char_length(question) <= 300", name=op.f("ck__polls__question")),
        sa.CheckConstraint("voter_count >= 0", name=op.f("ck__polls__voter_count")),
    )
    op.create_index("uq__polls__post_id", "polls", ["post_id"], unique=True)
    op.create_index("uq__polls__standing", "polls", ["is_standing"], unique=True, postgresql_where=sa.text("is_standing"))
    op.create_table(
        "poll_choices",
        sa.Column("poll_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("vote_count", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("poll_id", "number", name="pk__poll_choices"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk__poll_choices__poll_id", ondelete="CASCADE"),
        sa.CheckConstraint("number >= 1", name=op.f("ck__poll_choices__number")),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 100", name=op.f("ck__poll_choices__text")),
        sa.CheckConstraint("vote_count >= 0", name=op.f("ck__poll_choices__vote_count")),
    )
    op.create_table(
        "votes",
        sa.Column("poll_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("choices", ARRAY(sa.SmallInteger), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("poll_id", "user_id", name="pk__votes"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk__votes__poll_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk__votes__user_id", ondelete="CASCADE"),
        sa.CheckConstraint("cardinality(choices) >= 1", name=op.f("ck__votes__choices")),
    )
    op.create_index("ix__votes__user_id", "votes", ["user_id"])
    _allow(("follow", "mention", "message", "task", "poll"))
    _raise_standing_ballot()


def downgrade() -> None:
    op.execute("DELETE FROM notifications WHERE kind = 'poll'")
    _allow(("follow", "mention", "message", "task"))
    op.drop_table("votes")
    op.drop_table("poll_choices")
    op.drop_table("polls")
    op.drop_column("posts", "edited_at")
    op.drop_column("posts", "has_poll")


def _allow(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck__notifications__kind"), "notifications")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck__notifications__kind"), "notifications", f"kind IN ({listed})")


def _raise_standing_ballot() -> None:
    """The instance's standing ballot, which nobody closes and no restart counts anew."""
    polls = sa.table("polls", sa.column("id"), sa.column("question"), sa.column("is_standing"))
    choices = sa.table("poll_choices", sa.column("poll_id"), sa.column("number"), sa.column("text"))
    connection = op.get_bind()
    ballot = connection.scalar(polls.insert().values(question="Who shall it be?", is_standing=True).returning(polls.c.id))
    rows = [{"poll_id": ballot, "number": number, "text": name} for number, name in enumerate(CANDIDATES, start=1)]
    connection.execute(choices.insert(), rows)
