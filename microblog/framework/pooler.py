"""A pooler in transaction mode, such as PgBouncer, between the web processes and Postgres.

A session cannot be told anything there that the next transaction would still know. So what each connection of ours begins with
(SESSION_SETTINGS) is written to the role the pooler comes as, in the one database: whoever opens a connection, it is in force.
Connections that do name their settings, which all direct ones do, are not touched by that.
"""

from sqlalchemy import Connection, exc, text

from .database import SESSION_SETTINGS, Database

OWN_SETTINGS = text(
    "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole"
    " JOIN pg_database ON pg_database.oid = setdatabase WHERE rolname = :role AND datname = current_database()"
)
IN_FORCE = text("SELECT lower(name), setting FROM pg_settings WHERE lower(name) = ANY(:names)")
MAY_NOT = "42501"


class Unsettled(Exception):
    """The settings could not be written; the message says who could and how."""


def settle(direct: Database, pooled: Database) -> bool:
    """Write the settings to the role that `pooled` names, on a connection that `direct` opens; whether anything had to be."""
    with direct.engine.begin() as connection:
        role = _role(pooled) or connection.scalar(text("SELECT current_user"))
        wanted = {f"{name}={value}".lower() for name, value in SESSION_SETTINGS.items()}
        if wanted <= {line.lower() for line in connection.scalars(OWN_SETTINGS, {"role": role})}:
            return False
        statements = list(_statements(connection, str(role)))
        try:
            for statement in statements:
                connection.exec_driver_sql(statement)
        except exc.ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) != MAY_NOT:
                raise
            lines = "\n".join(f"    {statement};" for statement in statements)
            raise Unsettled(f"The pooler comes as {role}, for whom only a superuser may do this:\n{lines}") from error
    return True


def not_in_force(pooled: Database) -> list[str]:
    """The names of the settings that a connection from the pooler does not begin with. It may have been opened before they were
    written, and for the time zone PgBouncer goes by what its first connection of all has said."""
    with pooled.reading() as db:
        found: dict[str, str] = dict(db.execute(IN_FORCE, {"names": list(SESSION_SETTINGS)}).all())
    return [name for name, value in SESSION_SETTINGS.items() if found[name] != value]


def _role(pooled: Database) -> str | None:
    named = pooled.url.username or pooled.url.query.get("user")
    return named if isinstance(named, str) or named is None else named[-1]


def _statements(connection: Connection, role: str) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    place = f"{quote(role)} IN DATABASE {quote(str(connection.scalar(text('SELECT current_database()'))))}"
    return [f"ALTER ROLE {place} SET {name} = '{value}'" for name, value in SESSION_SETTINGS.items()]
