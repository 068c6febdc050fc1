"""How Alembic reaches the database: by the connection the caller hands it, in one transaction, under a lock."""

from alembic import context

from microblog.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
