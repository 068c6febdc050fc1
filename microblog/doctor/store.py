"""Whether Postgres is the right one, lets everybody in, keeps what it has acknowledged and ends what takes too long."""

import time
from contextlib import closing

import psycopg2
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..core import heartbeats
from ..framework.database import Database
from ..framework.replica import HAS_CAUGHT_UP, position
from ..framework.standing import standing
from ..migrations import head
from .patient import NAME, Patient, reason
from .verdicts import Unseen, Verdict, fine, warning, wrong

OLDEST = 150_000  # of Postgres, as it counts
OTHERS = 5  # connections for whoever looks in: backups, migrations, an operator, this
OF_A_WORKER = 5  # connections
LONGEST_LAG = 3.0  # seconds


def answers(patient: Patient) -> Verdict:
    try:
        found = patient.store
    except Unseen as unseen:
        return wrong(
            str(unseen), "Start Postgres (systemctl status postgresql) and see what DATABASE_URL says: psql with it must work."
        )
    if patient.knows_probe and patient.probe["database"] is None:
        return wrong(
            "We reach the database, the running site does not.",
            "Compare DATABASE_URL in .env with the service's environment, and see Postgres' log for refused connections.",
        )
    return fine(f"Postgres answers within {(found['ended'] - found['began']) * 1_000:.0f} ms.")


def same(patient: Patient) -> Verdict:
    theirs = patient.probe["database"]
    if theirs is None:
        raise Unseen("The running site does not reach its database.")
    if theirs["identity"] != patient.store["identity"]:
        return wrong(
            "The running site uses another database than DATABASE_URL here names.",
            "Correct DATABASE_URL in .env or in the service's environment, and restart web and worker.",
        )
    return fine("The running site uses the database that DATABASE_URL names.")


def schema(patient: Patient) -> Verdict:
    there, needed = patient.store["schema"] or "", head()
    if there < needed:
        return wrong(
            f"The schema is at {there or 'nothing'}, the code needs {needed}.",
            "python -m microblog db upgrade (after a backup; deploy/upgrade.sh does it in the right order).",
        )
    if there > needed:  # another host was quicker; the older code goes on with it for a while
        return warning(
            f"The schema is at {there}, newer than the code here, which knows {needed}.",
            "Install the newer code, which has migrated it (git pull; deploy/upgrade.sh).",
        )
    return fine(f"The schema is at {there}, as the code needs it.")


def version(patient: Patient) -> Verdict:
    found = patient.store
    if found["version"] < OLDEST:
        return wrong(
            f"Postgres {found['version'] // 10_000} is too old.",
            "Postgres 15 or newer: pg_upgradecluster, or backup and restore.",
        )
    if found["encoding"] != "UTF8":
        return wrong(
            f"The database's encoding is {found['encoding']}.",
            "createdb -T template0 -E UTF8 --locale=C.UTF-8, then backup and restore.",
        )
    return fine(f"Postgres {found['version'] // 10_000}, UTF8.")


def room(patient: Patient) -> Verdict:
    """Whether everybody who may want a connection gets one."""
    config, found = patient.config, patient.store
    if config.is_pooled:
        return fine("A pooler hands out connections.")
    processes, threads = config.processes, config.threads
    if patient.knows_probe and patient.uwsgi:
        processes, threads = patient.uwsgi["processes"], patient.probe["pool"]
    hosts = max(found["hosts"], 1)
    with patient.reading() as db:
        has_beats = db.scalar(text("SELECT to_regclass('heartbeats') IS NOT NULL"))
        workers = heartbeats.alive(db) if has_beats else 1
    needed = hosts * processes * threads + max(workers, 1) * OF_A_WORKER + OTHERS
    said = (
        f"{hosts} host(s) x {processes} processes x {threads} threads and {max(workers, 1)} worker(s) want {needed} connections"
    )
    if needed > found["connections"]:
        return wrong(
            f"{said}, and Postgres has {found['connections']} for us: the others would be answered 503.",
            f"max_connections = {needed + 20} in postgresql.conf (and no CONNECTION LIMIT below it on role and database), fewer "
            "PROCESSES x THREADS, or PgBouncer.",
        )
    return fine(f"{said}; {found['connections']} may be open.")


def timeouts(patient: Patient) -> Verdict:
    """Whether Postgres ends what takes too long, for the connections of the running site."""
    theirs = (patient.probe["database"] if patient.knows_probe else None) or patient.store
    missing = [name for name in ("statement_timeout", "lock_timeout", "idle_timeout") if not 0 < theirs[name] <= 30_000]
    if missing:
        return wrong(
            f"Nothing ends what takes too long: {', '.join(missing)} not in force.",
            "A pooler drops what we ask for at the start of a connection. Name it in DATABASE_URL and Postgres itself in "
            "DATABASE_DIRECT_URL; then python -m microblog db upgrade writes it to the role. Restart the pooler after it.",
        )
    return fine(f"Statements end after {theirs['statement_timeout']} ms, waits for locks after {theirs['lock_timeout']} ms.")


def writable(patient: Patient) -> Verdict:
    found = patient.store
    if found["in_recovery"]:
        return wrong(
            "DATABASE_URL names a replica, which takes no writes.",
            "Name the primary there and the replica in DATABASE_REPLICA_URL.",
        )
    if found["read_only"]:
        return wrong(
            "The database takes no writes: default_transaction_read_only is on.",
            "ALTER DATABASE … RESET default_transaction_read_only; a disk that was full may be why somebody set it.",
        )
    return fine("It is the primary and takes writes.")


def durable(patient: Patient) -> Verdict:
    off = patient.store["not_durable"]
    if off:
        return wrong(
            f"{', '.join(off)} off: a crash loses what people were told is stored.",
            f"In postgresql.conf: {', '.join(f'{name} = on' for name in off)}; then restart Postgres.",
        )
    return fine("What is acknowledged survives a crash (fsync, full_page_writes, synchronous_commit).")


def role(patient: Patient) -> Verdict:
    if patient.store["superuser"]:
        return warning(
            "The site comes to Postgres as a superuser, who may do anything there.",
            "createuser --pwprompt --no-superuser --no-createdb --no-createrole microblog; make it the owner, and name it in "
            "DATABASE_URL.",
        )
    return fine("The site comes to Postgres as an ordinary role.")


def replica(patient: Patient) -> Verdict:
    if not patient.config.database_replica_url:
        return fine("There is no replica.")
    mend = "See pg_stat_replication on the primary and the replica's log; without DATABASE_REPLICA_URL the primary does all."
    copy = patient.replica()
    with closing(copy.database):
        try:
            with patient.reading() as db:
                target = position(db)
            with copy.database.reading() as db:
                if not db.scalar(text("SELECT pg_is_in_recovery()")):
                    return wrong("DATABASE_REPLICA_URL names a server that is no replica.", mend)
                ends = time.monotonic() + LONGEST_LAG
                while not db.scalar(HAS_CAUGHT_UP, {"position": target}):
                    if time.monotonic() > ends:
                        return wrong(f"The replica lags by more than {LONGEST_LAG:g} s, so the primary does its work.", mend)
                    time.sleep(0.05)
        except (SQLAlchemyError, psycopg2.Error) as error:
            return wrong(f"The replica does not answer: {reason(error)}", mend)
    return fine("The replica follows the primary.")


def direct(patient: Patient) -> Verdict:
    """The way past the pooler, for what a pooler cannot do."""
    url = patient.config.database_direct_url
    if not url:
        return fine("There is no pooler.")
    mend = (
        "DATABASE_DIRECT_URL must name the same database as DATABASE_URL, at Postgres' own port (5432) in place of the pooler's."
    )
    with closing(Database(url, connections=1, name=NAME)) as database:
        try:
            with database.reading() as db:
                identity = standing(db)["identity"]
        except (SQLAlchemyError, psycopg2.Error) as error:
            return wrong(f"The way past the pooler does not lead to Postgres: {reason(error)}", mend)
    if identity != patient.store["identity"]:
        return wrong("The way past the pooler leads to another database.", mend)
    return fine("The way past the pooler leads to the same database.")
