"""PgBouncer before a private cluster whose people need passwords: deploy/pgbouncer.ini with other ports, paths and figures."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from microblog.config import ROOT
from microblog.embedded import Cluster

INI = (ROOT / "deploy" / "pgbouncer.ini").read_text("utf-8")
PASSWORD = "correct horse"
BOUNCERS = "battery staple"
HBA = "local all postgres trust\nlocal all all scram-sha-256\n"


def set_up(cluster: Cluster) -> str:
    """What the head of the file tells an operator to do at Postgres; gives the address of Postgres itself. The role comes with
    a password, and the server has clocks and patience of its own."""
    _ask(cluster, f"ALTER ROLE microblog PASSWORD '{PASSWORD}'; ALTER SYSTEM SET timezone = 'Asia/Seoul'")
    told = re.findall(r"^;     ((?:CREATE|GRANT|REVOKE|  LANGUAGE|  AS) ?.*)$", INI, re.MULTILINE)
    _ask(cluster, "\n".join(told).replace("…", BOUNCERS))
    (cluster.data / "pg_hba.conf").write_text(HBA)
    _ask(cluster, "SELECT pg_reload_conf()")
    return f"postgresql://microblog:{PASSWORD.replace(' ', '%20')}@/microblog?host={cluster.socket}&port=5432"


def _ask(cluster: Cluster, statements: str) -> None:
    words = (f"--host={cluster.socket}", "--port=5432", "--username=postgres", "--dbname=microblog", "--set=ON_ERROR_STOP=1")
    done = cluster.account.run(cluster.programs.folder / "psql", "--no-psqlrc", "--quiet", *words, text=statements)
    assert done.returncode == 0, done.stdout


class Pooler:
    """One PgBouncer, started and stopped at will."""

    def __init__(self, program: str, cluster: Cluster, folder: Path, *, pool_size: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.cluster, self.folder, self.port = cluster, folder, port
        self.url = f"postgresql://microblog:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/microblog"
        self.log = folder / "pgbouncer.log"
        self.words = [program, str(folder / "pgbouncer.ini")] + (["-u", cluster.account.name] if os.geteuid() == 0 else [])
        self.process: subprocess.Popen[bytes] | None = None
        cluster.account.own(folder)
        (folder / "userlist.txt").write_text(f'"pgbouncer" "{BOUNCERS}"\n')
        (folder / "pgbouncer.ini").write_text(self._adapted(pool_size))
        for path in folder.iterdir():
            if os.geteuid() == 0:
                os.chown(path, cluster.account.uid, cluster.account.gid)

    def _adapted(self, pool_size: int) -> str:
        """The file for this machine; each place that differs must be there exactly once."""
        ini = INI
        for old, new in (
            ("host=127.0.0.1 port=5432 dbname", f"host={self.cluster.socket} port=5432 dbname"),
            ("listen_port = 6432", f"listen_port = {self.port}"),
            ("unix_socket_dir = /var/run/postgresql", f"unix_socket_dir = {self.folder}"),
            ("/var/log/postgresql/pgbouncer.log", str(self.log)),
            ("/var/run/postgresql/pgbouncer.pid", str(self.folder / "pgbouncer.pid")),
            ("auth_file = /etc/pgbouncer/userlist.txt", f"auth_file = {self.folder / 'userlist.txt'}"),
            ("default_pool_size = 20", f"default_pool_size = {pool_size}"),
        ):
            assert ini.count(old) == 1, f"pgbouncer.ini has {old!r} {ini.count(old)} times"
            ini = ini.replace(old, new)
        return ini

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, self.log.read_text() if self.log.exists() else "PgBouncer does not start"
                assert self.process.poll() is None, self.log.read_text() if self.log.exists() else "PgBouncer does not start"
                time.sleep(0.02)

    def tell(self, command: str) -> None:
        """Say something at its console, where whoever it runs as needs no password."""
        words = (
            f"--host={self.folder}",
            f"--port={self.port}",
            "--username=pgbouncer",
            "--dbname=pgbouncer",
            f"--command={command}",
        )
        done = self.cluster.account.run(self.cluster.programs.folder / "psql", "--no-psqlrc", *words)
        assert done.returncode == 0, done.stdout

    def stop(self, number: int = signal.SIGINT) -> None:
        """Wait for transactions in hand and go (SIGINT), or go at once (SIGTERM)."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
