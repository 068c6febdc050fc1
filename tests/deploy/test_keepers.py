"""Those who keep Microblog alive besides systemd: supervisor with deploy/supervisor.conf, and a platform that reads a Procfile."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from microblog.config import ROOT
from microblog.framework.database import Database

from ..conftest import program
from .checkout import ENVIRONMENT, make
from .installation import READY_WITHIN, SECRET_KEY, free_port
from .visitor import Visitor

HOME = "/srv/microblog"
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "deploy" / "Procfile").read_text("utf-8").splitlines())
SUPERVISOR = """
[unix_http_server]
file={folder}/supervisor.sock
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{folder}/supervisor.sock
[include]
files={folder}/microblog.conf
"""


def wait_until(true: Callable[[], object], what: Callable[[], str]) -> None:
    deadline = monotonic() + READY_WITHIN
    while not true():
        assert monotonic() < deadline, what()
        sleep(0.1)


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))  # the path of a socket must be short
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def ready(port: int, mount: str) -> bool:
    with suppress(OSError):
        return Visitor(port, mount).get(f"{mount}/readyz").status == 200
    return False


def workers(database_url: str) -> set[int]:
    """The process ids of those who do jobs, as they have said themselves."""
    database = Database(database_url, connections=1)
    try:
        with suppress(SQLAlchemyError), database.reading() as db:
            return set(db.scalars(text("SELECT pid FROM heartbeats")))
        return set()
    finally:
        database.close()


def groups_in(place: Path) -> set[int]:
    """The process groups of all who are at work in a folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")) == place:
                found.add(os.getpgid(int(entry.name)))
    return found


@contextmanager
def in_hand(database_url: str, ask: Callable[[], int]) -> Iterator[list[int]]:
    """While the block runs, somebody asks and the server waits for Postgres over it; after it the list has what they were told."""
    answers: list[int] = []
    database = Database(database_url, connections=1)
    with database.writing() as db:
        db.execute(text("LOCK TABLE credentials IN ACCESS EXCLUSIVE MODE"))
        thread = Thread(target=lambda: answers.append(ask()), daemon=True)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'credentials'::regclass")
        wait_until(lambda: db.scalar(waiting), lambda: "nobody waits")
        yield answers
        db.rollback()
    thread.join(20)
    database.close()


# Supervisor


class Supervisor:
    """supervisord with our file, paths and user made to fit a checkout in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.conf = folder, folder / "supervisord.conf"
        user = pwd.getpwuid(os.getuid()).pw_name
        self.conf.write_text(SUPERVISOR.format(folder=folder, user=f"user={user}"))
        conf = (ROOT / "deploy" / "supervisor.conf").read_text("utf-8")
        for old, new, times in (
            (HOME, str(folder / "checkout"), 5),
            ("user=microblog", f"user={user}", 2),
            ("/var/log/supervisor/", f"{folder}/", 2),
            ("startsecs=5", "startsecs=1", 2),  # tests are in a hurry
            ('LOG_TO_STDOUT="on"\nautostart', f'LOG_TO_STDOUT="on",MICROBLOG_HTTP="127.0.0.1:{port}"\nautostart', 2),
        ):
            assert conf.count(old) == times, f"supervisor.conf has {old!r} {conf.count(old)} times instead of {times}"
            conf = conf.replace(old, new)
        (folder / "microblog.conf").write_text(conf)

    def start(self) -> None:
        with (self.folder / "stdout").open("wb") as output:
            self.process = subprocess.Popen(
                [program("supervisord"), "-n", "-c", self.conf],
                env=ENVIRONMENT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def tell(self, *words: str) -> str:
        return subprocess.run([program("supervisorctl"), "-c", self.conf, *words], capture_output=True, text=True).stdout

    def pids(self) -> dict[str, int]:
        """The programs that run, and their process ids."""
        return {name: int(pid) for name, pid in re.findall(r"^microblog:(\S+) +RUNNING +pid (\d+),", self.tell("status"), re.M)}

    @property
    def log(self) -> str:
        return (self.folder / "supervisord.log").read_text()

    def said(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-3000:] for path in (*self.folder.glob("*.log"), self.folder / "stdout")
        )


@pytest.mark.row("MT-17.2")
def test_supervisor_starts_both_and_starts_them_again_when_they_are_killed_and_stops_all_of_them(folder: Path, new_database):
    database_url, port, home = new_database(migrated=False), free_port(), folder / "checkout"
    make(home, DATABASE_URL=database_url, PUBLIC_URL=f"http://127.0.0.1:{port}/microblog")
    supervisor = Supervisor(folder, port)
    supervisor.start()

    def stand_other_than(killed: set[int]) -> dict[str, int]:
        """Both programs' process ids, once they do what they are for and are none of those who were killed."""

        def stand() -> bool:
            if not ready(port, "/microblog"):  # each question to supervisord costs a process
                return False
            pids = supervisor.pids()
            is_whole = pids.keys() == {"microblog-web", "microblog-worker-0"} and not killed & set(pids.values())
            return is_whole and pids["microblog-worker-0"] in workers(database_url)

        wait_until(stand, supervisor.said)
        return supervisor.pids()

    try:
        first = stand_other_than(set())
        for pid in first.values():
            os.kill(pid, signal.SIGKILL)
        second = stand_other_than(set(first.values()))
        wait_until(lambda: groups_in(home) == set(second.values()), supervisor.said)  # nothing is left of those who were killed
        visitor = Visitor(port, "/microblog")
        page, fields = visitor.open("/auth/register"), {"username": "dora", "email": "dora@example.org"}
        fields |= dict.fromkeys(("password", "password2"), "correct horse")
        with in_hand(database_url, lambda: visitor.submit(page, "Register", **fields).status) as answers:
            stopping = ThreadPoolExecutor(1).submit(supervisor.tell, "stop", "microblog:*")
            wait_until(lambda: "waiting for microblog-web to stop" in supervisor.log, supervisor.said)
        assert stopping.result(30)
        assert answers == [303], "a request in hand is finished"
        assert supervisor.pids() == {}
        assert groups_in(home) == set()
    finally:
        supervisor.process.terminate()
        supervisor.process.wait(30)
    for name in second:
        assert f"stopped: {name} (exit status 0)" in supervisor.log


# A platform


@contextmanager
def dyno(line: str, home: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A line of the Procfile as a platform starts it: a shell in the checkout, and all else by the environment."""
    with (home / "said").open("ab") as output:
        started = subprocess.Popen(
            ["sh", "-c", line], cwd=home, env=ENVIRONMENT | environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)  # a platform tells all of them
            started.wait(30)


@pytest.mark.row("MT-18.1", "MT-18.2", "MT-18.4", "MT-18.6")
def test_a_platform_starts_both_lines_of_the_procfile_by_the_environment_alone(folder: Path, new_database):
    database_url, port, home = new_database(migrated=False), free_port(), make(folder / "checkout")
    (home / ".env").unlink()
    given = {"PORT": str(port), "DATABASE_URL": re.sub(r"^[\w+]+:", "postgres:", database_url), "WEB_CONCURRENCY": "1"}
    given |= {"SECRET_KEY": SECRET_KEY, "PUBLIC_URL": f"http://127.0.0.1:{port}"}

    def said() -> str:
        return (home / "said").read_text(errors="replace")[-3000:]

    with dyno(PROCFILE["web"], home, **given):
        wait_until(lambda: ready(port, ""), said)
        with dyno(PROCFILE["worker"], home, **given):
            wait_until(lambda: workers(database_url), said)
            assert Visitor(port, "").sign_up("dora", "correct horse").path == "/auth/login"
        assert said().count("spawned uWSGI worker") == 1
    wait_until(lambda: groups_in(home) == set(), said)
    assert '"message": "Microblog startup"' in (home / "said").read_text(), "in production lines are JSON"
