"""What an operator's nights and months bring: backup.sh, logrotate's rule, and upgrade.sh while everybody goes on."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from microblog import backup
from microblog.config import ROOT

from ..conftest import program
from .checkout import ENVIRONMENT, make, unit

BACKUP = ROOT / "deploy" / "backup.sh"


# Backups


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Path:
    """A checkout with a database."""
    return make(tmp_path_factory.mktemp("home") / "checkout", DATABASE_URL=new_database(), PUBLIC_URL="https://example.org")


def backed_up(home: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    run = [program("dash"), home / "deploy" / "backup.sh", *map(str, words)]
    return subprocess.run(run, env=ENVIRONMENT | environment, capture_output=True, text=True, cwd="/")


@pytest.mark.row("MT-17.9")
def test_a_backup_is_whole_and_private_and_the_oldest_make_room_for_it(home: Path, tmp_path: Path):
    old = [tmp_path / f"microblog-2026010{day}T033000Z.zip" for day in range(1, 5)]
    stranger = tmp_path / "of-somebody-else.zip"
    for path in (*old, stranger):
        path.write_text("old")
    done = backed_up(home, tmp_path, KEEP="3")
    assert done.returncode == 0, done.stderr
    *kept, new = sorted(tmp_path.glob("microblog-*"))
    assert kept == old[2:], "three with the new one"
    assert stranger.exists()
    assert new.stat().st_mode & 0o777 == 0o600
    assert backup.verify(new).tables
    assert re.fullmatch(r"microblog-\d{8}T\d{6}Z\.zip", new.name), "names sort by time"


@pytest.mark.row("MT-17.9")
def test_a_backup_that_fails_says_so_and_removes_nothing(home: Path, tmp_path: Path):
    old = [tmp_path / f"microblog-2026010{day}T033000Z.zip" for day in range(1, 4)]
    for path in old:
        path.write_text("old")
    away = backed_up(home, tmp_path, KEEP="1", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert away.returncode == 1
    assert away.stderr
    assert sorted(tmp_path.iterdir()) == old
    for words, keep in (((tmp_path,), "0"), ((tmp_path,), "many"), ((), "1"), ((tmp_path / "nowhere",), "1")):
        assert backed_up(home, *words, KEEP=keep).returncode == 2, (words, keep)
    assert sorted(tmp_path.iterdir()) == old


def test_a_backup_that_is_not_what_was_written_does_not_count(tmp_path: Path):
    """A python in the place of ours writes what it cannot read again, as a bad disk would."""
    for name in ("deploy", "bin", "backups"):
        (tmp_path / name).mkdir()
    shutil.copy(BACKUP, tmp_path / "deploy")
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\n[ "$4" != verify ] && echo spoiled >"$4"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    good = tmp_path / "backups" / "microblog-20260101T033000Z.zip"
    good.touch()
    path = f"{tmp_path}/bin:/usr/bin:/bin"
    done = subprocess.run(
        [tmp_path / "deploy" / "backup.sh", tmp_path / "backups"], env={"PATH": path, "KEEP": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    (damaged,) = (tmp_path / "backups").glob("*.zip.damaged")
    assert f"{damaged} now" in done.stderr
    assert set((tmp_path / "backups").iterdir()) == {good, damaged}


@pytest.mark.row("MT-17.9")
def test_systemd_makes_a_backup_each_night_into_a_folder_that_the_service_may_write():
    service, timer = unit("microblog-backup.service")["Service"], unit("microblog-backup.timer")["Timer"]
    script, folder = service["ExecStart"].split()
    assert script == "/srv/microblog/deploy/backup.sh"
    assert (service["Type"], service["User"], service["ReadWritePaths"]) == ("oneshot", "microblog", folder)
    assert service["Environment"] == "KEEP=14"
    fences = {"NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet", "SystemCallFilter", "RestrictAddressFamilies"}
    web = unit("microblog-web.service")["Service"]
    assert {name: service[name] for name in fences} == {name: web[name] for name in fences}
    told = [program("systemd-analyze"), "calendar", "--iterations=2", timer["OnCalendar"]]
    nights = re.findall(r": \w+ (\S+) 03:30:00", run_for_words(told))
    assert len(set(nights)) == 2
    assert timer["Persistent"] == "true"


def run_for_words(words: list[str]) -> str:
    return subprocess.run(words, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True).stdout
