"""What may happen to a Postgres: it is started anew, killed, or loses a connection or all room for more."""

import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import psycopg2

from microblog.embedded import Cluster

SUPERUSER = "host={socket} port=5432 user=postgres dbname=microblog"
OURS = "application_name = 'microblog' AND pid <> pg_backend_pid()"


def restart(cluster: Cluster, **settings: str) -> None:
    """Start it anew as an operator does, who does not wait for clients to leave; with other settings, if any."""
    words = shlex.split((cluster.data / "postmaster.opts").read_text())
    options = [words[place + 1] for place, word in enumerate(words) if word == "-c"]
    options += [f"{name}={value}" for name, value in settings.items()]
    written = " ".join(f"-c {shlex.quote(option)}" for option in options)
    done = cluster.pg_ctl("restart", "--mode=fast", f"--log={cluster.log}", f"--options={written}")
    assert done.returncode == 0, done.stdout


def kill(cluster: Cluster) -> None:
    """Kill the postmaster, and start it again as its keeper would; it recovers from its log."""
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    cluster.start()


def kill_a_connection(cluster: Cluster) -> None:
    """Kill the process of one connection: Postgres takes its memory for spoiled, and ends and recovers all by itself."""
    found = asked(cluster, f"SELECT pid FROM pg_stat_activity WHERE {OURS} ORDER BY state = 'active' DESC, random() LIMIT 1")
    for (pid,) in found:
        os.kill(pid, signal.SIGKILL)


def end_connections(cluster: Cluster) -> None:
    """End connections one by one, of those first that are in the middle of a transaction which writes."""
    for _ in range(10):
        writing = "ORDER BY (backend_xid IS NOT NULL) DESC, (state <> 'idle') DESC, random() LIMIT 1"
        asked(cluster, f"SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE {OURS} {writing}) AS one")
        time.sleep(0.03)


def asked(cluster: Cluster, statement: str) -> list[tuple]:
    """What the superuser is told."""
    with superuser(cluster) as line, line.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def superuser(cluster: Cluster) -> Iterator[Any]:
    """A connection on which each statement is a transaction."""
    line = psycopg2.connect(SUPERUSER.format(socket=cluster.socket))
    line.autocommit = True
    try:
        yield line
    finally:
        line.close()


@contextmanager
def full(cluster: Cluster) -> Iterator[None]:
    """While the block lasts others have all the connections that Postgres gives to ordinary people, and ours have none."""
    address = SUPERUSER.format(socket=cluster.socket).replace("user=postgres", "user=microblog")
    held: list[Any] = []

    def take_all() -> int:
        before = len(held)
        with suppress(psycopg2.OperationalError):
            while True:
                held.append(psycopg2.connect(address))
        return len(held) - before

    try:
        deadline = time.monotonic() + 10
        take_all()
        # Whose connection is ended gives back its place a moment later.
        while asked(cluster, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}") or take_all():
            assert time.monotonic() < deadline, "the site finds room again and again"
            time.sleep(0.05)
            take_all()
        yield
    finally:
        for connection in held:
            connection.close()


@contextmanager
def commits_wait(cluster: Cluster) -> Iterator[Callable[[], list[int]]]:
    """While the block lasts whatever is committed is stored and not acknowledged, as Postgres does where a standby must have it
    first: gives a way to see which connections wait."""

    def settle(standbys: str) -> None:
        asked(cluster, f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")
        asked(cluster, "SELECT pg_reload_conf()")

    waiting = f"SELECT pid FROM pg_stat_activity WHERE {OURS} AND wait_event = 'SyncRep' AND query = 'COMMIT'"
    settle("nobody")
    _wait_until_commits_wait(cluster)
    try:
        yield lambda: [pid for (pid,) in asked(cluster, waiting)]
    finally:
        settle("")


def _wait_until_commits_wait(cluster: Cluster) -> None:
    """Postgres obeys a moment later: until a transaction of ours has to be freed from waiting."""
    with superuser(cluster) as line, line.cursor() as cursor:

        def probe() -> None:
            while not line.notices:
                cursor.execute("SELECT pg_logical_emit_message(true, 'probe', '')")

        thread = Thread(target=probe, daemon=True)
        thread.start()
        free = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%''probe''%'"
        while thread.is_alive():
            asked(cluster, free)
            thread.join(0.01)


@contextmanager
def answers_to_commit_lost(cluster: Cluster) -> Iterator[None]:
    """While the block lasts no COMMIT is answered: what it asks for is done, and then the connection is gone."""
    over = Event()

    def cut() -> None:
        while not over.wait(0.02):
            for pid in waiting():
                asked(cluster, f"SELECT pg_terminate_backend({pid})")

    with commits_wait(cluster) as waiting:
        thread = Thread(target=cut, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
