"""A private Postgres of the checkout's own, for machines where nobody has named one with DATABASE_URL.

It is an ordinary cluster, made with `initdb` and minded with `pg_ctl`, which answers on a unix socket only. Whoever finds
it down starts it and later stops it; whoever finds it running joins it and leaves it alone. Postgres refuses to run as
root, so root lends it to the account `postgres` or `nobody`, and where that account cannot reach the checkout, the data
and a copy of the programs live below /var/lib/microblog instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .lodging import Account, ClusterError, Programs, find_programs, lodging

NAME = "microblog"  # the role and the database
OWNER = "postgres"  # the cluster's superuser, who makes the two and is not used again
PROCESSES = Path("/proc")
PORT = 5432  # only a part of the socket's file name
PATIENCE = 60.0  # seconds for a Postgres that is there but does not answer (yet)
NOT_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class Cluster:
    """One private Postgres in one folder. `with Cluster(folder) as cluster:` starts it, or joins it, and tidies up.

    Once started it knows its `url`, its `home` (mostly the folder itself), its `account` and its `programs`.
    """

    url: str
    home: Path
    account: Account
    programs: Programs

    def __init__(self, folder: Path, *, durable: bool = True, memory: int | None = None) -> None:
        """Without `durable` a power cut may cost the data and everything is faster: for tests. `memory` is how many megabytes of
        data it keeps at hand itself, if not what Postgres takes where nothing is said."""
        self.folder = folder.resolve()
        self.durable = durable
        self.memory = memory
        self.started_here = False

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """See to it that the cluster runs and has its database; return the SQLAlchemy URL."""
        try:
            self.settle()
            with self.alone():
                self.programs = find_programs(self.account, self.version())
                if not self.answers():
                    if not self.version():
                        self.initialise()
                    self.launch()
                self.furnish()
        except BaseException as error:  # a Ctrl-C too must not leave a Postgres without a master
            self.stop()
            if isinstance(error, OSError):
                raise ClusterError(f"The private Postgres in {self.folder} cannot be set up: {error}.") from error
            raise
        return self.url

    def stop(self) -> None:
        """Stop the cluster if it was started here: open transactions are rolled back, connections closed."""
        if not self.started_here:
            return
        with self.alone():
            done = self.pg_ctl("stop", "--mode=fast", "--timeout=60")
            if done.returncode and self.processes():
                raise ClusterError(f"The private Postgres in {self.home} does not stop:\n{done.stdout}")
        self.started_here = False

    # What starting consists of, in the order it happens.

    def settle(self) -> None:
        """Choose the home and the account, and make the folders."""
        self.home, self.account = lodging(self.folder)
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.socket = self.account.socket_folder(self.home)
        self.url = f"postgresql+psycopg2://{NAME}@/{NAME}?host={self.socket}&port={PORT}"
        self.account.own(self.home)
        self.account.own(self.socket)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one launcher at a time look and act: the lock is on the folder itself."""
        folder = os.open(self.home, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def version(self) -> int | None:
        """The major version of Postgres that wrote the data; None before the first start."""
        try:
            return int((self.data / "PG_VERSION").read_text().split(".")[0])
        except FileNotFoundError:
            return None

    def answers(self) -> bool:
        """Whether a query comes back. Asking `pg_ctl status` will not do: it takes a killed process for a live one."""
        return self.query("SELECT 1").returncode == 0

    def initialise(self) -> None:
        """Make the cluster beside its place and move it there in one step, so that no half-made one is ever found."""
        making = self.home / "data.making"
        shutil.rmtree(making, ignore_errors=True)
        done = self.account.run(
            self.programs.folder / "initdb",
            f"--pgdata={making}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
        )
        if done.returncode:
            raise ClusterError(f"A new Postgres cluster could not be made in {self.home}:\n{done.stdout}")
        making.rename(self.data)

    def launch(self) -> None:
        """Start Postgres in a session of its own, unless one that was there already begins to answer."""
        deadline = time.monotonic() + PATIENCE
        while processes := self.processes():
            if self.answers():  # it was only starting, or recovering from a crash
                return
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"A Postgres (process {processes[0]}) holds {self.data} but does not answer.\n"
                    f"{self.log} may say why; `kill -INT {processes[0]}` ends it."
                )
            time.sleep(0.1)
        self.forget_the_dead()
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": self.socket,
            "port": PORT,
            "unix_socket_permissions": "0700",
            "max_connections": 200,
        }
        if self.memory:
            settings["shared_buffers"] = f"{self.memory}MB"
        if not self.durable:
            settings |= dict.fromkeys(NOT_DURABLE, "off")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.started_here = True
        done = self.pg_ctl("start", "--timeout=300", f"--log={self.log}", f"--options={options}")
        if done.returncode:
            raise ClusterError(f"The private Postgres in {self.home} does not start.\n{done.stdout}{self.end_of_log()}")

    def processes(self) -> list[int]:
        """The numbers of this cluster's running processes."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return []
        if not PROCESSES.exists():  # no Linux: the note is all there is to go by
            noted = int(note.read_text().split()[0])
            return [noted] if is_taken(noted) else []
        return [int(entry.name) for entry in PROCESSES.iterdir() if entry.name.isdigit() and self.is_ours(entry)]

    def is_ours(self, process: Path) -> bool:
        """Whether that process is one of this cluster's: each of them works in the data folder."""
        try:
            return (process / "comm").read_text() == "postgres\n" and (process / "cwd").samefile(self.data)
        except OSError:  # gone, a zombie, or not ours to look at
            return False

    def forget_the_dead(self) -> None:
        """Remove the notes of a postmaster that is known to be gone.

        After a kill -9, or in a container started anew, the number in them may belong to a zombie or to somebody else.
        Postgres only asks whether the number is taken, and would refuse to start for ever.
        """
        if PROCESSES.exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def furnish(self) -> None:
        """Make the role and the database unless they are there."""
        done = self.query(
            f"SELECT 'CREATE ROLE {NAME} LOGIN CREATEDB'"
            f" WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{NAME}') \\gexec\n"
            f"SELECT 'CREATE DATABASE {NAME} OWNER {NAME}'"
            f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{NAME}') \\gexec"
        )
        if done.returncode:
            raise ClusterError(f"The database could not be made:\n{done.stdout}")

    # The programs.

    def query(self, text: str) -> subprocess.CompletedProcess[str]:
        """Let psql run what it is given, as the superuser."""
        return self.account.run(
            self.programs.folder / "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--set=ON_ERROR_STOP=1",
            f"--host={self.socket}",
            f"--port={PORT}",
            f"--username={OWNER}",
            "--dbname=postgres",
            text=text,
        )

    def pg_ctl(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Have the cluster started or stopped, and wait until it is."""
        return self.account.run(self.programs.folder / "pg_ctl", verb, f"--pgdata={self.data}", "--wait", *options)

    def end_of_log(self) -> str:
        """The last lines Postgres wrote, indented, under the name of the file that has them all."""
        lines = self.log.read_text(errors="replace").splitlines()[-8:] if self.log.exists() else []
        return "\n".join([f"{self.log} ends with:", *("    " + line for line in lines)])


def is_taken(number: int) -> bool:
    """Whether a process has that number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
