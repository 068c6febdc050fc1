"""The schema's history, configured in code: how far it goes, how far a database has come, and how to go there.

Alembic is imported by whoever goes there alone: a server needs to know where the history ends, and not its 12 MB.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from ..framework.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
LOCK = 0x6D6963726F  # "micro"; whoever migrates holds it, and all others wait

# A migration may wait for a lock a little and then work as long as it needs.
SETTINGS = {"statement_timeout": "0", "lock_timeout": "10000", "idle_in_transaction_session_timeout": "0"}


def head() -> str:
    """The newest revision there is. They are numbered in their order, and the files named after them."""
    return max((path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")), default="")


def current(database: Database) -> str | None:
    """The revision a database is at, None for an empty one."""
    from alembic.runtime.migration import MigrationContext

    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def run(database_url: str, name: str, *arguments: Any, **options: Any) -> None:
    """One of Alembic's commands (upgrade, downgrade, history, current, revision) on a database.

    Everything happens in one transaction under an advisory lock: several hosts that start at once migrate once.
    """
    from alembic import command

    database = Database(database_url, connections=1, name="microblog migrations", settings=SETTINGS)
    try:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # for as long as another host needs
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {SETTINGS['lock_timeout']}"))
            getattr(command, name)(_configuration(connection), *arguments, **options)
    finally:
        database.close()


def _configuration(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    configuration.attributes["connection"] = connection
    return configuration
