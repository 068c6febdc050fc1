"""systemd holds the socket: uWSGI is stopped and started anew under load by boot.sh, and nobody is refused or hears of it.

The part of systemd is played here: it opens the socket as microblog-web.socket says and hands it over as sd_listen_fds(3) has it.
"""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microblog import demo
from microblog.config import ROOT

from .checkout import ENVIRONMENT, unit
from .conftest import installed
from .installation import READY_WITHIN, Installation
from .load import PAGES, Load, readers, writer
from .visitor import Visitor

HANDED = 3  # the descriptor at which systemd's begin
# In the place of systemd's own fork: it has the process id that boot.sh and then uWSGI keep.
START = f"""
import os, sys
os.dup2(int(sys.argv[1]), {HANDED})
os.execve(sys.argv[2], sys.argv[2:], os.environ | {{"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}})
"""


class Held(Installation):
    """One whose socket somebody else holds open, and who is told when it stands."""

    def start(self) -> None:
        self.run.mkdir(parents=True)
        told = unit("microblog-web.socket")["Socket"]
        self.path = self.run / Path(told["ListenStream"]).name
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.path.chmod(int(told["SocketMode"], 8))
        self.listener.listen(int(told["Backlog"]))
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(self.folder / "notify"))
        self.notices.settimeout(READY_WITHIN)
        super().start()

    def start_uwsgi(self) -> None:
        with self.log.open("ab") as output:
            self.uwsgi = subprocess.Popen(
                [sys.executable, "-c", START, str(self.listener.fileno()), ROOT / "deploy" / "boot.sh"],
                cwd=ROOT,
                env=self.environment | ENVIRONMENT | {"NOTIFY_SOCKET": str(self.folder / "notify")},
                pass_fds=[self.listener.fileno()],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_ready_notice(self) -> None:
        """As `systemctl start` does for a service of Type=notify."""
        while b"READY=1" not in self.notices.recv(4096):
            pass

    def stop(self) -> None:
        super().stop()
        for line in (self.listener, self.notices):
            line.close()


@pytest.fixture(scope="module")
def site(nginx: str, new_database: Callable[[], str]) -> Iterator[Held]:
    with installed(new_database(), nginx, kind=Held) as site:
        with site.database.writing() as db:
            demo.plant(db)
            db.commit()
        yield site


@pytest.fixture(scope="module")
def marta(site: Held) -> Visitor:
    return site.member("marta")


def test_the_files_agree_on_the_socket():
    told, service = unit("microblog-web.socket")["Socket"], unit("microblog-web.service")
    assert f"MICROBLOG_RUN={Path(told['ListenStream']).parent}" in service["Service"]["Environment"].split()
    assert Path(told["ListenStream"]).parent.name == service["Service"]["RuntimeDirectory"]
    assert service["Service"]["RuntimeDirectoryPreserve"] == "yes", "or the socket would lose its name at each stop"
    assert (told["SocketUser"], told["SocketGroup"]) == (service["Service"]["User"], service["Service"]["Group"])
    assert service["Unit"]["Requires"] == "microblog-web.socket"
    lines = (ROOT / "uwsgi.ini").read_text("utf-8").splitlines()
    for line in (f"listen = {told['Backlog']}", f"chmod-socket = {told['SocketMode'].lstrip('0')}", "socket = %(run)/app.sock"):
        assert line in lines
    assert f"unix:{told['ListenStream']} " in (ROOT / "deploy" / "nginx-tls.conf").read_text("utf-8")


def test_uwsgi_takes_the_socket_it_is_handed_and_says_when_it_stands(site: Held):
    site.wait_for_ready_notice()
    assert site.uwsgi
    inode = os.fstat(site.listener.fileno()).st_ino
    assert os.stat(f"/proc/{site.uwsgi.pid}/fd/{HANDED}").st_ino == inode
    assert b"uwsgi\0--ini" in Path(f"/proc/{site.uwsgi.pid}/cmdline").read_bytes()
    assert stat.S_IMODE(site.path.stat().st_mode) == 0o660


@pytest.mark.row("XC-03", "MT-17.2")
def test_a_restart_under_load_refuses_nobody(site: Held, marta: Visitor):
    site.wait_for_workers()
    with Load([*readers(marta, *PAGES), writer(marta, 1), writer(marta, 2)]) as load:
        assert site.stop_uwsgi(signal.SIGTERM) == 0
        assert site.path.exists(), "uWSGI has left the socket's name alone"
        served = load.total
        time.sleep(0.3)
        assert load.total <= served + len(load.threads), "nobody serves now"
        site.start_uwsgi()
        site.wait_for_ready_notice()
        load.wait_for(40)
    assert set(load.counts) == {200, 303}, load.counts
    assert load.slowest > 0.3, "somebody has waited"


@pytest.mark.row("XC-03")
@pytest.mark.parametrize("way", ["chain", "SIGHUP"])
def test_both_kinds_of_reload_keep_the_socket(site: Held, marta: Visitor, way: str):
    site.wait_for_workers()
    before = site.workers()
    assert site.uwsgi
    with Load([*readers(marta, *PAGES[:3]), writer(marta, 3)]) as load:
        if way == "chain":
            (site.run / "reload").touch()
        else:
            site.uwsgi.send_signal(signal.SIGHUP)
        site.wait_for_workers(other_than=before)
        load.wait_for(10)
    assert set(load.counts) == {200, 303}, load.counts
    assert os.stat(f"/proc/{site.uwsgi.pid}/fd/{HANDED}").st_ino == os.fstat(site.listener.fileno()).st_ino
