"""Installations that can be spoiled and looked at by the doctor, many times a second."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from microblog import config
from microblog.config import ROOT
from microblog.doctor.door import Door
from microblog.doctor.examination import CHECKS, examine
from microblog.doctor.patient import Patient
from microblog.doctor.verdicts import Finding

from .installation import READY_WITHIN, Installation
from .test_tls import SecureInstallation


class Clinic:
    """An installation, its settings as the doctor reads them, and the ways to spoil it."""

    def __init__(self, site: Installation, **door: Any) -> None:
        self.site, self.door = site, door
        self.settings = config.read(site.environment, root=shadow_root(site.folder / "home"))
        self.good_conf = self.conf.read_text()

    @property
    def conf(self) -> Path:
        return self.site.folder / ("microblog.conf" if isinstance(self.site, SecureInstallation) else "nginx.conf")

    def examine(self, *names: str, clock: Callable[[], float] = time.time, **settings: Any) -> dict[str, Finding]:
        """What the checks of these names find, or all of them, by settings of which some differ."""
        settled = replace(self.settings, **settings)
        patient = Patient(settled, Door(settled.public_url, clock=clock, **self.door), clock=clock)
        try:
            return {found.name: found for found in examine(patient, [c for c in CHECKS if c.name in names or not names])}
        finally:
            patient.close()

    @contextmanager
    def nginx(self, *changes: tuple[str, str]) -> Iterator[None]:
        """nginx with some words of its file changed, each wherever it stands, as long as the block lasts."""
        conf = self.good_conf
        for old, new in changes:
            assert old in conf, f"{old!r} is not in the file"
            conf = conf.replace(old, new)
        self._read(conf)
        try:
            yield
        finally:
            self._read(self.good_conf)

    def _read(self, conf: str) -> None:
        """Have nginx read another file; it is done once all workers that have the old one take no more connections."""
        self.conf.write_text(conf)
        old = self._nginx_workers()
        words = [self.site.nginx_program, "-p", f"{self.site.folder}/", "-c", "nginx.conf", "-e", "stderr", "-s", "reload"]
        done = subprocess.run(words, cwd=self.site.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ends = time.monotonic() + READY_WITHIN
        while self._nginx_workers() & old and time.monotonic() < ends:
            time.sleep(0.005)

    def _nginx_workers(self) -> set[str]:
        assert self.site.nginx
        found = Path(f"/proc/{self.site.nginx.pid}/task/{self.site.nginx.pid}/children").read_text().split()
        return {pid for pid in found if b"shutting down" not in _command(pid)}


def shadow_root(home: Path) -> Path:
    """A checkout to spoil files of: its code and static files are the real ones."""
    (home / "var").mkdir(parents=True)
    for name in ("microblog", "static"):
        (home / name).symlink_to(ROOT / name)
    return home


def _command(pid: str) -> bytes:
    """What a process calls itself; one that has just gone is shutting down, too."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b"shutting down"
