"""Several hosts that run the application behind one nginx: deploy/nginx-hosts.conf with ports of this machine for hosts."""

import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

from microblog.config import ROOT

from .installation import Installation, free_port
from .visitor import Answer

HOSTS = (ROOT / "deploy" / "nginx-hosts.conf").read_text("utf-8")
COPIED = ("microblog", "static", "templates", "wsgi.py", "preload.py", "uwsgi.ini", "requirements.lock")
SHOWN = "X-Upstream"  # who has answered; only here


def spread(conf: str, ports: list[int]) -> str:
    """nginx.conf with what nginx-hosts.conf puts in the place of two of its directives; an answer says which host gave it."""
    upstream = re.search(r"^upstream microblog \{.*?^\}\n", HOSTS, re.MULTILINE | re.DOTALL)
    timeout = re.search(r"^uwsgi_connect_timeout .*;$", HOSTS, re.MULTILINE)
    assert upstream
    assert timeout
    hosts = upstream[0]
    for number, port in enumerate(ports, start=1):
        assert hosts.count(f"server 10.0.0.1{number}:3031 ") == 1
        hosts = hosts.replace(f"10.0.0.1{number}:3031", f"127.0.0.1:{port}")
    assert hosts.count(" fail_timeout=5s;") == len(ports)
    hosts = hosts.replace(" fail_timeout=5s;", " fail_timeout=1s;")  # tests are in a hurry
    conf, times = re.subn(r"  upstream microblog \{.*?\n  \}\n", lambda _: hosts, conf, flags=re.DOTALL)
    assert times == 1
    conf, times = re.subn(r"  uwsgi_connect_timeout .*;\n", lambda _: f"  {timeout[0]}\n", conf)
    assert times == 1
    named = "    merge_slashes on;\n"
    assert conf.count(named) == 1
    return conf.replace(named, f"{named}    add_header {SHOWN} $upstream_addr always;\n")


class Host(Installation):
    """One of them: uWSGI alone, in a folder of its own, from a copy of the code of its own."""

    def __init__(self, folder: Path, farm: Installation, database_url: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        code = folder / "code"
        code.mkdir(parents=True)
        for name in COPIED:
            path = ROOT / name
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, code / name)
        super().__init__(folder, database_url, "", home=code)
        same = {name: farm.environment[name] for name in farm.environment.keys() - {"MICROBLOG_RUN"}}
        self.environment |= same | {"MICROBLOG_SOCKET": self.address}

    def start(self) -> None:
        for name in ("run", "log"):
            (self.folder / "var" / name).mkdir(parents=True, exist_ok=True)
        (self.run / "reload").touch()
        self.start_uwsgi()

    def die(self) -> None:
        """As without power: everything of it is gone at once."""
        assert self.uwsgi
        os.killpg(self.uwsgi.pid, signal.SIGKILL)  # its session is its own: nobody else is in it
        self.uwsgi.wait(10)

    @property
    def is_at_work(self) -> bool:
        return bool(self.workers(at_work=True))


class Farm(Installation):
    """The nginx, and the hosts behind it."""

    def __init__(self, folder: Path, database_url: str, nginx: str, **settings: Any) -> None:
        super().__init__(folder, database_url, nginx, **settings)
        self.hosts = [Host(folder / f"host{number}", self, database_url) for number in (1, 2)]

    def conf(self) -> str:
        return spread(super().conf(), [int(host.address.rpartition(":")[2]) for host in self.hosts])

    def start_uwsgi(self) -> None:
        for host in self.hosts:
            host.start()
        for host in self.hosts:
            host.wait_for_workers()
        self.uwsgi = self.hosts[0].uwsgi

    def stop(self) -> None:
        for host in self.hosts:
            host.stop()
        super().stop()

    def complaints(self) -> list[str]:
        return super().complaints() + [line for host in self.hosts for line in host.complaints()]

    def ends_of_logs(self) -> str:
        return "\n".join([super().ends_of_logs(), *(host.ends_of_logs() for host in self.hosts)])


def who_answered(answers: list[Answer]) -> set[str]:
    """The hosts that have given these answers."""
    return {answer.headers[SHOWN] for answer in answers}
