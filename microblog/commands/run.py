"""run: from whatever there is to a site that answers, and back again at Ctrl-C."""

import argparse
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import Failure, say, settings
from .processes import Children

if TYPE_CHECKING:
    from ..config import Config
    from ..framework.database import Database

READY_WITHIN = 30.0  # seconds from the start of uWSGI


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen at (HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port to listen at (PORT, 8000)")
    parser.add_argument("--mount", help="path prefix, such as /microblog (MOUNT, none)")
    parser.add_argument("--processes", help="web processes (PROCESSES or WEB_CONCURRENCY, 2)")
    parser.add_argument("--threads", help="threads of each web process (THREADS, 4)")
    parser.add_argument("--workers", help="processes for background jobs (WORKERS, 1)")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")


def execute(options: argparse.Namespace) -> int:
    for name in ("host", "port", "mount", "processes", "threads", "workers"):
        if getattr(options, name) is not None:
            os.environ[name.upper()] = getattr(options, name)
    config = settings.load()
    if address := _running_at(config.host_to_bind, config.port):
        raise Failure(address)
    with settings.with_database() as config:
        say("Postgres is ready.")
        _prepare(config, demo=not options.no_demo)
        with _children(config) as children:
            _wait_until_ready(config, children)
            say(f"Microblog is at {config.public_url}/")
            say("Ctrl-C stops it.")
            return children.watch()


def _prepare(config: "Config", *, demo: bool) -> None:
    from .. import migrations
    from ..framework import bundles
    from ..framework.database import Database
    from . import db, translate

    database = Database(config.direct_url, connections=1, settings=migrations.SETTINGS)
    try:
        if migrations.current(database) != migrations.head():
            say("Bringing the database's schema up to date …")
            migrations.run(config.direct_url, "upgrade", "head")
        db.settle(config)
        _check_room(database, config)
        translate.compile_stale()
        bundles.renew(config.root / "static")
        if demo and config.environment == "development":
            from .. import demo as town

            with database.writing() as session:
                if town.plant(session):
                    say(f"Added demo people; log in as any of them, such as marta, with the password {town.PASSWORD}.")
                session.commit()
    finally:
        database.close()


def _check_room(database: "Database", config: "Config") -> None:
    """Every thread may hold a connection; what Postgres cannot give would fail under load and not before. Behind a pooler it is
    the pooler that holds them."""
    from sqlalchemy import text

    web = 0 if config.is_pooled else config.processes * config.threads
    needed = web + config.workers * 4 + 5
    with database.reading() as db:
        room = int(db.scalar(text("SHOW max_connections")) or 0)
    if needed > room:
        raise Failure(
            f"{config.processes} processes x {config.threads} threads and {config.workers} workers need {needed} connections, "
            f"and Postgres allows {room}.\nUse fewer, or raise max_connections in postgresql.conf."
        )


@contextmanager
def _children(config: "Config") -> Iterator[Children]:
    """uWSGI and the workers, stopped when the block is left."""
    logs = config.root / "var" / "log"
    logs.mkdir(parents=True, exist_ok=True)
    (config.root / "var" / "run").mkdir(parents=True, exist_ok=True)
    output = None if config.log_to_stdout else logs / "uwsgi.log"
    children = Children()
    try:
        say(f"Starting uWSGI with {config.processes} processes x {config.threads} threads, and {config.workers} worker(s) …")
        children.start("uWSGI", _uwsgi_words(config), environment=_uwsgi_environment(config), output=output)
        for number in range(1, config.workers + 1):
            words = [sys.executable, "-m", "microblog", "worker"]
            environment = os.environ | {"MICROBLOG_LOG_MARK": f"-worker-{number}"}
            children.start(f"worker {number}", words, environment=environment, output=output, restart=True)
        yield children
    finally:
        children.stop()


def _uwsgi_words(config: "Config") -> list[str]:
    program = shutil.which("uwsgi", path=f"{sys.prefix}/bin{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    if program is None:
        raise Failure("uWSGI is not installed: pip install pyuwsgi, or install what requirements.lock names.")
    return [program, "--ini", str(config.root / "uwsgi.ini")]


def _uwsgi_environment(config: "Config") -> dict[str, str]:
    import importlib.util

    host = f"[{config.host_to_bind}]" if ":" in config.host_to_bind else config.host_to_bind
    environment = os.environ | {
        "PROCESSES": str(config.processes),
        "THREADS": str(config.threads),
        "MICROBLOG_HTTP": f"{host}:{config.port}",
        "MICROBLOG_MOUNT": config.mount or "/",
    }
    if importlib.util.find_spec("pyuwsgi"):  # or its reload would start a Python without our packages
        environment["PYUWSGI_PYTHON"] = sys.executable
    return environment


def _own_answer(host: str, port: int, path: str) -> int | None:
    """The status of one of our pages at an address, None if nobody answers HTTP there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return None


def _running_at(host: str, port: int) -> str | None:
    """What to tell somebody whose port is taken; None if it is free."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"Port {port} is only for root. Choose one above 1023 with --port."
        except OSError as error:
            return (
                f"{host} port {port} cannot be used: {error.strerror or error}.\n"
                "Does Microblog run already? Stop it, or choose another port, such as --port 8001."
            )
    return None


def _wait_until_ready(config: "Config", children: Children) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if children.ended():
            break
        if _own_answer(config.host_to_bind, config.port, config.mount + "/readyz") == 200:
            return
        time.sleep(0.05)
    raise Failure(f"uWSGI did not get ready. The end of its log:\n{children.end_of_log()}")
