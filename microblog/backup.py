"""Backups: everything in the database at one moment as one file, from any Postgres to any other.

The file is a zip: `manifest.json` says when, from which revision of the schema, and for each table its columns, its rows and the
digest of its file; the tables themselves are text as COPY writes it. It holds everybody's password hashes: keep it like them.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from msgspec import Struct, json
from sqlalchemy import Connection, func, select, text

from . import __version__, migrations
from .framework.database import Database
from .models import metadata

FORMAT = 1
PIECE = 2**20  # bytes
# What a crash of Postgres may forget a restore may, too; Alembic writes its own table.
LEFT_OUT = {"allowances", "heartbeats"}
SETTINGS = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}

Progress = Callable[[str], None]


class BackupError(Exception):
    """A file that is no good backup, or a database that it cannot be put into."""


class Table(Struct):
    """What the backup holds of one table."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


class Manifest(Struct):
    """What a backup holds: tables in the order in which they can be filled, and how far sequences have counted."""

    format: int
    made_at: datetime
    made_by: str
    revision: str
    tables: list[Table]
    sequences: dict[str, int]


def write(database_url: str, path: Path, progress: Progress) -> Manifest:
    """Write all there is at one moment while everybody goes on writing. The file stands only once it is whole."""
    if path.exists():
        raise BackupError(f"{path} is there already.")
    making = path.with_name(path.name + ".part")
    try:
        with (
            _connected(database_url) as connection,
            _private(making) as raw,
            zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            if revision != migrations.head():
                raise BackupError(
                    f"The schema is at {revision}, this code knows {migrations.head()}: python -m microblog db upgrade"
                )
            tables = [
                _write_table(connection, archive, str(table.name), progress)
                for table in metadata.sorted_tables
                if table.name not in LEFT_OUT
            ]
            manifest = Manifest(FORMAT, datetime.now(UTC), __version__, str(revision), tables, _sequences(connection))
            archive.writestr("manifest.json", json.format(json.encode(manifest), indent=2))
        os.replace(making, path)
    finally:
        making.unlink(missing_ok=True)
    return manifest


def verify(path: Path, progress: Progress = lambda line: None) -> Manifest:
    """Read a whole backup and compare it with what its manifest says."""
    with _opened(path) as archive:
        manifest = _manifest(archive)
        for table in manifest.tables:
            digest, rows = hashlib.sha256(), 0
            with archive.open(_member(table.name)) as stored:
                while piece := stored.read(PIECE):
                    digest.update(piece)
                    rows += piece.count(b"\n")
            if (digest.hexdigest(), rows) != (table.sha256, table.rows):
                raise BackupError(f"{path} is damaged: {table.name} is not what was written.")
            progress(f"{table.name:16} {rows:>10}")
        return manifest


def restore(database_url: str, path: Path, progress: Progress) -> Manifest:
    """Put a backup into an empty database and bring it to the newest schema: all of it, or nothing."""
    manifest = verify(path)
    _check_empty(database_url)
    migrations.run(database_url, "upgrade", manifest.revision)
    try:
        with _opened(path) as archive, _connected(database_url) as connection:
            names = ", ".join(table.name for table in manifest.tables)
            connection.execute(text(f"TRUNCATE {names}"))  # what migrations have put there is in the backup, too
            for table in manifest.tables:
                _read_table(connection, archive, table)
                progress(f"{table.name:16} {table.rows:>10}")
            for name, value in manifest.sequences.items():
                connection.execute(text("SELECT setval(CAST(:name AS regclass), :value)"), {"name": name, "value": value})
            _compare(connection, manifest)
    except BaseException:
        migrations.run(database_url, "downgrade", "base")
        raise
    migrations.run(database_url, "upgrade", "head")
    _analyze(database_url)
    return manifest


def figures(manifest: Manifest) -> dict[str, int]:
    """How many rows there are of what people would count."""
    wanted = ("users", "posts", "followers", "messages", "polls", "votes")
    return {table.name: table.rows for table in manifest.tables if table.name in wanted}


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    """A connection in one transaction, which counts unless the block fails."""
    database = Database(database_url, connections=1, name="microblog backup", settings=SETTINGS)
    try:
        with database.engine.begin() as connection:
            yield connection
    finally:
        database.close()


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BackupError(f"There is no {path}.") from error
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise BackupError(f"{path} is no backup, or damaged: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = json.decode(archive.read("manifest.json"), type=Manifest)
    except (KeyError, ValueError) as error:
        raise BackupError("It is no backup of Microblog: it has no manifest.") from error
    known = {table.name for table in metadata.sorted_tables}
    if manifest.format != FORMAT or not {table.name for table in manifest.tables} <= known:
        raise BackupError("It was written by a newer Microblog.")
    if manifest.revision > migrations.head():
        raise BackupError(f"It has the schema {manifest.revision}, this code knows {migrations.head()} only: take newer code.")
    return manifest


def _member(name: str) -> str:
    return f"tables/{name}.copy"


class _Digesting:
    """A file to write into that takes note of what it was given."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.rows = file, hashlib.sha256(), 0

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self.rows += piece.count(b"\n")
        return self.file.write(piece)


def _write_table(connection: Connection, archive: zipfile.ZipFile, name: str, progress: Progress) -> Table:
    columns = [str(column.name) for column in metadata.tables[name].columns]
    with archive.open(_member(name), "w", force_zip64=True) as file, _cursor(connection) as cursor:
        sink = _Digesting(file)
        cursor.copy_expert(f"COPY {name} ({_listed(columns)}) TO STDOUT", sink, PIECE)
    progress(f"{name:16} {sink.rows:>10}")
    return Table(name, columns, sink.rows, sink.digest.hexdigest())


def _read_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> None:
    with archive.open(_member(table.name)) as stored, _cursor(connection) as cursor:
        cursor.copy_expert(f"COPY {table.name} ({_listed(table.columns)}) FROM STDIN", stored, PIECE)


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    cursor = connection.connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


def _listed(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _sequences(connection: Connection) -> dict[str, int]:
    """How far each sequence has counted; one that has not begun is left out."""
    begun = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    return {row.sequencename: row.last_value for row in connection.execute(text(begun))}


def _check_empty(database_url: str) -> None:
    with _connected(database_url) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
        if connection.scalar(text(tables)):
            raise BackupError("The database is not empty. A backup is put into a new one: createdb, then restore.")


def _compare(connection: Connection, manifest: Manifest) -> None:
    for table in manifest.tables:
        rows = connection.scalar(select(func.count()).select_from(metadata.tables[table.name]))
        if rows != table.rows:
            raise BackupError(f"{table.name} has {rows} rows after the restore, and {table.rows} in the backup.")


def _analyze(database_url: str) -> None:
    """Let Postgres look at what it has got, or its first plans would be guesses."""
    with _connected(database_url) as connection:
        connection.execute(text("ANALYZE"))
