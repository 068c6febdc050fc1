"""A whole installation to test: the project's own uwsgi.ini and nginx.conf on a free port, in a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from random import sample
from typing import Any

from sqlalchemy import text

from microblog import config, demo
from microblog.config import ROOT
from microblog.framework.database import Database
from microblog.worker import Worker

from .visitor import Visitor

READY_WITHIN = 30.0  # seconds; two cores that others use as well
SECRET_KEY = "7c1f0b93d2e84a56b1f7a0c4e9d3586222aa"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at the moment: one of this lane's own, below those that the kernel gives to whoever
    connects, so that it is still free when it is taken."""
    lane = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 10_000 + lane % 8 * 2_500
    for port in sample(range(first, first + 2_500), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"None of a hundred ports from {first} on is free.")


def adapted(conf: str, port: int, mount: str, *, walls: bool = False) -> str:
    """The project's nginx.conf for another port and mount, as its head tells operators to change it.

    Every place that is changed must be there exactly as often as expected, or the tests would run on something else. Without
    `walls` one address may log in and use the API as often as many would.
    """

    def change(old: str, new: str, times: int = 1) -> None:
        nonlocal conf
        assert conf.count(old) == times, f"nginx.conf has {old!r} {conf.count(old)} times instead of {times}"
        conf = conf.replace(old, new)

    change("listen 127.0.0.1:8080 ", f"listen 127.0.0.1:{port} ")
    if not walls:
        change("zone=programs:4m rate=50r/s;", "zone=programs:4m rate=5000r/s;")
        change("zone=doors:4m rate=10r/s;", "zone=doors:4m rate=5000r/s;")
    if mount == "/microblog":
        return conf
    if mount:
        change("location = /microblog { return 308 /microblog/", f"location = {mount} {{ return 308 {mount}/")
        change("location ~ ^/microblog/static/", f"location ~ ^{mount}/static/")
        for path in ("", "auth/", "api"):
            change(f"location /microblog/{path} ", f"location {mount}/{path} ")
        change("location = /microblog/edit_profile/picture ", f"location = {mount}/edit_profile/picture ")
    else:
        change("    location = /microblog { return 308 /microblog/$is_args$args; }\n", "")
        change("    location / { return 404; }\n", "")
        change("location ~ ^/microblog/static/", "location ~ ^/static/")
        for path in ("", "auth/", "api"):
            change(f"location /microblog/{path} ", f"location /{path} ")
        change("location = /microblog/edit_profile/picture ", "location = /edit_profile/picture ")
    return conf


class Installation:
    """uWSGI and nginx before one database, serving under one mount ('' is the root) from `start` to `stop`."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        nginx: str,
        *,
        mount: str = "/microblog",
        application: Path | None = None,
        home: Path = ROOT,
        walls: bool = False,
        **settings: str,
    ) -> None:
        """Settings are environment variables. An `application` is a file to stand in the place of the project's wsgi.py; `home`
        is where the code lies; `walls` leaves nginx's limits as they are."""
        self.folder, self.mount, self.nginx_program, self.application, self.home = folder, mount, nginx, application, home
        self.walls = walls
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.host = f"127.0.0.1:{self.port}"
        self.run = folder / "var" / "run"
        self.log = folder / "var" / "log" / "uwsgi.log"
        self.database = Database(database_url, connections=1)
        self.uwsgi: subprocess.Popen[bytes] | None = None
        self.nginx: subprocess.Popen[bytes] | None = None
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "MICROBLOG_ENV": "production",
            "MICROBLOG_MOUNT": mount or "/",
            "MICROBLOG_RUN": str(self.run),
            "PYUWSGI_PYTHON": sys.executable,
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "PUBLIC_URL": self.origin + mount,
            "LOG_TO_STDOUT": "on",
            "RATE_LIMITS": "off",
            "PROCESSES": "2",
            "THREADS": "4",
            # said here so that a developer's .env cannot say otherwise
            "REGISTRATION": "open",
            "LANGUAGES": "en,es,ko",
            "POST_LENGTH": "300",
            "POSTS_PER_PAGE": "10",
        } | settings

    # Starting and stopping

    def start(self) -> None:
        for name in ("run", "log"):
            (self.folder / "var" / name).mkdir(parents=True, exist_ok=True)
        (self.run / "reload").touch()
        if not (self.folder / "static").is_symlink():
            (self.folder / "static").symlink_to(ROOT / "static")
        (self.folder / "nginx.conf").write_text(self.conf())
        self.start_uwsgi()
        words = [self.nginx_program, "-p", f"{self.folder}/", "-c", "nginx.conf", "-e", "stderr", "-g"]
        words += ["daemon off;" + (" user root;" if os.getuid() == 0 else "")]
        self.nginx = self._spawn(words, "nginx.log", cwd=self.folder)
        self.wait_until_ready()

    def conf(self) -> str:
        """What nginx is told."""
        return adapted((ROOT / "nginx.conf").read_text(), self.port, self.mount, walls=self.walls)

    def start_uwsgi(self) -> None:
        program = Path(sys.prefix) / "bin" / "uwsgi"
        home = self.home
        if self.application:  # uwsgi.ini looks for wsgi.py where it lies itself
            home = self.folder
            shutil.copy(self.application, home / "wsgi.py")
            for name in ("uwsgi.ini", "preload.py", "requirements.lock"):
                shutil.copy(ROOT / name, home)
        words = [str(program) if program.exists() else "uwsgi", "--ini", str(home / "uwsgi.ini")]
        self.uwsgi = self._spawn(words, "uwsgi.log", cwd=home)

    def stop_uwsgi(self, number: int = signal.SIGTERM) -> int:
        """Stop uWSGI alone and give its exit status."""
        assert self.uwsgi
        self.uwsgi.send_signal(number)
        return self.uwsgi.wait(30)

    def stop(self) -> None:
        """At once, whatever is in hand: what gentler signals do has tests of its own."""
        for process in (self.nginx, self.uwsgi):
            if process and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # its session is its own: nobody else is in it
                process.wait()
        self.database.close()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and not any(p is None or p.poll() is not None for p in (self.uwsgi, self.nginx)):
            try:
                if self.visitor().get(self.mount + "/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"The site did not get ready.\n{self.ends_of_logs()}")

    def _spawn(self, words: list[str], log: str, *, cwd: Path) -> subprocess.Popen[bytes]:
        with (self.folder / "var" / "log" / log).open("ab") as output:
            return subprocess.Popen(
                words,
                cwd=cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def work(self) -> None:
        """Do every job that waits, as a worker of this installation would."""
        worker = Worker(config.read(self.environment))
        while worker.work_once():
            pass
        worker.database.close()

    # Looking in

    def visitor(self, number: int = 1) -> Visitor:
        """Somebody with a browser; each number comes from an address of its own, as far as nginx can tell."""
        return Visitor(self.port, self.mount, address=f"127.0.0.{number}")

    def member(self, username: str, number: int = 1, password: str = demo.PASSWORD) -> Visitor:
        """Somebody who has just logged in; by default one of the demo people."""
        visitor = self.visitor(number)
        answer = visitor.press(visitor.open("/auth/login"), "Sign In", username=username, password=password)
        assert answer.status == 200, answer.text
        assert answer.path == self.mount + "/", answer.text
        return visitor

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(statement), values)]

    def one(self, statement: str, **values: Any) -> Any:
        """The one value the database says."""
        ((value,),) = self.rows(statement, **values)
        return value

    def workers(self, *, at_work: bool = False) -> list[int]:
        """The process ids of the workers that have loaded the application and take requests, or of those that have one in hand."""
        received = b""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            try:
                line.connect(str(self.run / "stats.sock"))
                while part := line.recv(65_536):
                    received += part
                told = json.loads(received)
            except (OSError, ValueError):  # the master is about to start anew
                return []
        return [
            worker["pid"]
            for worker in told["workers"]
            if worker["apps"] and worker["accepting"] and _lives(worker["pid"])
            if not at_work or any(core["in_request"] for core in worker["cores"])
        ]

    def wait_for_workers(self, *, other_than: Collection[int] = ()) -> None:
        """Until as many workers as there should be are at work, none of them of the given ones."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            workers = self.workers()
            if len(workers) == int(self.environment["PROCESSES"]) and not set(workers) & set(other_than):
                return
            time.sleep(0.05)
        raise AssertionError(f"The workers are {self.workers()}.\n{self.ends_of_logs()}")

    def complaints(self) -> list[str]:
        """Lines of the logs that should not be there after a good day."""
        return [line for line in self._lines("uwsgi.log", "nginx.log", "nginx-error.log") if _is_complaint(line)]

    def ends_of_logs(self) -> str:
        return "\n".join(list(self._lines("uwsgi.log"))[-40:] + list(self._lines("nginx.log", "nginx-error.log"))[-10:])

    def _lines(self, *names: str) -> Iterator[str]:
        for name in names:
            path = self.folder / "var" / "log" / name
            if path.exists():
                yield from path.read_text(errors="replace").splitlines()


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() != b""


def _is_complaint(line: str) -> bool:
    if "setrlimit(RLIMIT_NOFILE" in line:  # an ordinary user may not raise every limit
        return False
    return any(word in line for word in ('"level": "ERROR"', "Traceback", "segmentation", "[emerg]", "[alert]"))
