"""How things stand with a database: what its server is, what it allows, and which one it is at all."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

STANDING = text("""
SELECT extract(epoch FROM clock_timestamp())::float8 AS now,
       current_setting('server_version_num')::int AS version,
       current_setting('server_encoding') AS encoding,
       pg_is_in_recovery() AS in_recovery,
       current_setting('transaction_read_only') = 'on' AS read_only,
       least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
             nullif(role.rolconnlimit, -1), nullif(base.datconnlimit, -1)) AS connections,
       role.rolsuper AS superuser,
       (SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout') AS statement_timeout,
       (SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout') AS lock_timeout,
       (SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout') AS idle_timeout,
       (SELECT array_agg(name ORDER BY name) FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off') AS not_durable,
       (SELECT count(DISTINCT coalesce(client_addr::text, '')) FROM pg_stat_activity
         WHERE application_name = 'microblog') AS hosts,
       md5(extract(epoch FROM pg_postmaster_start_time()) || '/' || base.oid) AS identity,
       to_regclass('alembic_version') IS NOT NULL AS has_schema
  FROM pg_roles AS role, pg_database AS base
 WHERE role.rolname = current_user AND base.datname = current_database()
""")


def standing(db: Session) -> dict[str, Any]:
    """Plain values by name. Timeouts are milliseconds, `now` seconds since 1970, `connections` what ordinary roles may open in
    all, `hosts` from how many machines web processes come; `schema` is the revision, '' where there is none. Equal `identity`
    means the very same database, as long as its server was not started anew in between."""
    found = dict(db.execute(STANDING).one()._mapping)
    found["schema"] = db.scalar(text("SELECT version_num FROM alembic_version")) if found.pop("has_schema") else ""
    return found
