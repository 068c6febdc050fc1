"""A site under load: real uWSGI with the project's uwsgi.ini, real nginx with its nginx.conf, on a free port of 127.0.0.1."""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..config import ROOT
from . import BenchError
from .plan import Point

MOUNT = "/microblog"  # as nginx.conf has it
READY_WITHIN = 30.0  # seconds
STOPPED_WITHIN = 25.0  # seconds; uWSGI lets requests finish
PAGE = 25  # posts
# So that one address may do all: the walls of nginx against it stand open.
OPENED = (
    "    limit_conn connections 200;\n",
    "    limit_req zone=requests burst=400 nodelay;\n",
    "      limit_req zone=doors burst=100 nodelay;\n",
    "      limit_req zone=programs burst=200 nodelay;\n",
)


def environment(database_url: str, point: Point, *, port: int, keys: dict[str, str]) -> dict[str, str]:
    """The settings of an installation in production. Every setting is named, so that a .env beside the code changes none."""
    names = (line.partition("=")[0] for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if "=" in line)
    return (
        dict.fromkeys(names, "")
        | {
            "MICROBLOG_ENV": "production",
            "DATABASE_URL": database_url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}{MOUNT}",
            "PROCESSES": str(point.processes),
            "THREADS": str(point.threads),
            "RATE_LIMITS": "off",
            "LOG_TO_STDOUT": "on",
            "POSTS_PER_PAGE": str(PAGE),
        }
        | keys
    )


class Site:
    """uWSGI, and nginx before it unless there is no program given; it lives in a folder of its own from `start` to `stop`."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        port: int,
        *,
        nginx: str | None,
        wsgi: str = "",
        words: Sequence[str] = (),
    ) -> None:
        """`settings` are environment variables; `wsgi` is the text of a wsgi.py, for another application than the product's;
        `words` are further ones for uWSGI."""
        self.folder, self.port, self.nginx, self.wsgi, self.words = folder, port, nginx, wsgi, words
        self.url = f"http://127.0.0.1:{port}{MOUNT}"
        self.run = folder / "var" / "run"
        self.log = folder / "var" / "log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "MICROBLOG_MOUNT": MOUNT,
            "MICROBLOG_RUN": str(self.run),
            **settings,
        }
        if importlib.util.find_spec("pyuwsgi"):
            self.settings["PYUWSGI_PYTHON"] = sys.executable
        if nginx is None:
            self.settings["MICROBLOG_HTTP"] = f"127.0.0.1:{port}"

    def start(self) -> None:
        """Start it, and wait until all its processes take requests."""
        for folder in (self.run, self.log):
            folder.mkdir(parents=True, exist_ok=True)
        (self.run / "reload").touch()
        self._start_uwsgi()
        if self.nginx:
            if not (self.folder / "static").exists():
                (self.folder / "static").symlink_to(ROOT / "static")
            (self.folder / "nginx.conf").write_text(opened((ROOT / "nginx.conf").read_text("utf-8"), self.port), "utf-8")
            as_root = " user root;" if os.geteuid() == 0 else ""
            words = [self.nginx, "-p", f"{self.folder}/", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;" + as_root]
            self._spawn("nginx", words, self.folder)
        self._wait_until_ready()

    def _start_uwsgi(self) -> None:
        program = shutil.which("uwsgi", path=f"{sys.prefix}/bin{os.pathsep}{self.settings['PATH']}")
        if program is None:
            raise BenchError("uWSGI is not installed: pip install pyuwsgi, or install what requirements.lock names.")
        home = ROOT
        words = [program, "--ini"]
        if self.wsgi:  # uwsgi.ini looks for wsgi.py where it lies itself
            home = self.folder
            (home / "wsgi.py").write_text(self.wsgi, "utf-8")
            (home / "preload.py").write_text("", "utf-8")
            shutil.copy(ROOT / "uwsgi.ini", home)
        words.append(str(home / "uwsgi.ini"))
        if self.wsgi:  # or the fast yardsticks would start anew every two seconds
            words += ["--max-requests", "0"]
        if self.nginx is None:  # uWSGI closes each connection, and wrk has to be told so
            words += ["--add-header", "Connection: close"]
        self._spawn("uwsgi", [*words, *self.words], home)

    def stop(self, *, at_once: bool = False) -> None:
        """Let requests finish, and end it; or end it at once, which also ends a uWSGI that has only begun to start."""
        for name, kindly in (("nginx", signal.SIGQUIT), ("uwsgi", signal.SIGTERM)):
            process = self.running.get(name)
            if process and process.poll() is None:
                process.send_signal(signal.SIGINT if at_once else kindly)
        deadline = time.monotonic() + STOPPED_WITHIN
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # its session is its own: nobody else is in it
                process.wait()

    @property
    def programs(self) -> dict[str, int | None]:
        """The first process of each program, by what the report calls it."""
        return {"worker": self.running["uwsgi"].pid, "nginx": self.running["nginx"].pid if self.nginx else None}

    def workers(self) -> dict[int, int]:
        """The processes that have loaded the application and take requests, and how many each has answered."""
        received = b""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            try:
                line.connect(str(self.run / "stats.sock"))
                while part := line.recv(65_536):
                    received += part
                told = json.loads(received)
            except (OSError, ValueError):
                return {}
        return {each["pid"]: each["requests"] for each in told["workers"] if each["apps"] and each["accepting"]}

    def complaints(self) -> list[str]:
        """Lines of the logs that should not be there after a good day."""
        words = ('"level": "ERROR"', "Traceback", "segmentation", "[emerg]", "[alert]")
        lines = [line for path in sorted(self.log.glob("*.log")) for line in path.read_text(errors="replace").splitlines()]
        return [line for line in lines if any(word in line for word in words) and "RLIMIT_NOFILE" not in line]

    def end_of_logs(self) -> str:
        """The last lines of what its programs have written."""
        lines = []
        for path in sorted(self.log.glob("*.log")):
            lines += [f"{path.name}: {line}" for line in path.read_text(errors="replace").splitlines()[-12:]]
        return "\n".join(lines)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and all(process.poll() is None for process in self.running.values()):
            if status(self.url + "/readyz") == 200 and len(self.workers()) == int(self.settings["PROCESSES"]):
                return
            time.sleep(0.05)
        raise BenchError(f"The site did not get ready.\n{self.end_of_logs()}")

    def _spawn(self, name: str, words: list[str], home: Path) -> None:
        """Start a program in a session of its own, so that Ctrl-C in the terminal reaches only us."""
        with (self.log / f"{name}.log").open("ab") as output:
            self.running[name] = subprocess.Popen(
                words,
                cwd=home,
                env=self.settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def opened(conf: str, port: int) -> str:
    """The project's nginx.conf on another port and without the limits for one address."""
    for old, new in (("listen 127.0.0.1:8080 ", f"listen 127.0.0.1:{port} "), *((wall, "") for wall in OPENED)):
        if conf.count(old) != 1:
            raise BenchError(
                f"nginx.conf has {old.strip()!r} {conf.count(old)} times instead of once, so it cannot be made ready for a load."
            )
        conf = conf.replace(old, new)
    return conf


def nginx_program() -> str:
    """Where nginx is."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        raise BenchError("nginx is not installed: apt install nginx, or measure uWSGI alone with --no-nginx.")
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    """What came back: the status and the text."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text


class _NoDetours(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A page that sends us elsewhere is not the page we have asked for."""


def ask(url: str, **headers: str) -> Answer:
    """Ask for one page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoDetours)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310 (our own http://)
            return Answer(answer.status, answer.read().decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode("utf-8", "replace"))


def status(url: str) -> int:
    """The status of a page; 0 if nobody answers."""
    try:
        return ask(url).status
    except OSError:
        return 0
