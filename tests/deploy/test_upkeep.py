"""What an operator's nights and months bring: backup.sh, logrotate's rule, and upgrade.sh while everybody goes on."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microblog import backup, demo, migrations
from microblog.config import ROOT

from ..conftest import program
from .checkout import ENVIRONMENT, lend_python, make, unit
from .conftest import installed
from .installation import Installation
from .load import PAGES, Load, readers, writer

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


# Upgrades

MIGRATION = '''"""A column that old code does not mind."""

from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN shoe_size integer")
'''


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run([program("git"), *who, *words], cwd=folder, check=True, capture_output=True)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the code comes from: a repository with all there is now."""
    origin = make(tmp_path_factory.mktemp("origin") / "code")
    shutil.copy(ROOT / ".gitignore", origin)
    shutil.rmtree(origin / ".venv")
    git(origin, "init", "-q")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "as it is")
    return origin


@pytest.fixture(scope="module")
def site(
    nginx: str, new_database: Callable[[], str], origin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A site that runs from a clone."""
    home, url = tmp_path_factory.mktemp("clone") / "code", new_database()
    git(origin.parent, "clone", "-q", str(origin), str(home))
    lend_python(home)
    with installed(url, nginx, home=home) as site:
        settings = {name: site.environment[name] for name in ("MICROBLOG_ENV", "SECRET_KEY", "DATABASE_URL", "PUBLIC_URL")}
        (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        with site.database.writing() as db:
            demo.plant(db)
            db.commit()
        yield site


def times_begun(site: Installation) -> int:
    """How often the master has begun, with everything it has imported."""
    return (site.folder / "var" / "log" / "uwsgi.log").read_text().count("*** Starting uWSGI")


def upgraded(site: Installation) -> subprocess.CompletedProcess[str]:
    own = {"MICROBLOG_RUN": str(site.run), "RESTART_WORKERS": f"touch {site.folder}/restarted"}
    run = [program("dash"), site.home / "deploy" / "upgrade.sh"]
    return subprocess.run(run, env=ENVIRONMENT | own, cwd="/", capture_output=True, text=True)


@pytest.mark.row("MT-17.9", "XC-03")
def test_an_upgrade_under_load_costs_no_request(site: Installation, origin: Path):
    change(origin / "microblog/faces/web/health.py", '"alive\\n"', '"alive and new\\n"')
    (origin / "microblog/migrations/versions/9999_test.py").write_text(MIGRATION.format(head=migrations.head()))
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "new code and a migration")
    marta = site.member("marta")
    site.wait_for_workers()
    before = site.workers()
    with Load([*readers(marta, *PAGES[:4], "/readyz"), writer(marta, 1)]) as load:
        done = upgraded(site)
        assert done.returncode == 0, done.stdout + done.stderr
        site.wait_for_workers(other_than=before)
        load.wait_for(20)
    assert set(load.counts) == {200, 303}, load.counts
    assert site.visitor().get("/microblog/livez").text == "alive and new\n"
    assert site.one("SELECT version_num FROM alembic_version") == "9999"
    assert (site.folder / "restarted").exists()
    assert times_begun(site) == 1


def test_where_libraries_are_new_the_master_begins_anew_too_and_nobody_is_turned_away(site: Installation, origin: Path):
    with (origin / "requirements.lock").open("a") as lock:
        lock.write("# another one\n")
    git(origin, "commit", "-qam", "other libraries")
    marta = site.member("marta")
    before = site.workers()
    with Load([*readers(marta, *PAGES[:3]), writer(marta, 1)]) as load:
        done = upgraded(site)
        assert done.returncode == 0, done.stdout + done.stderr
        site.wait_for_workers(other_than=before)
        load.wait_for(20)
    assert set(load.counts) == {200, 303}, load.counts
    assert times_begun(site) == 2


@pytest.mark.row("MT-17.9")
def test_an_upgrade_to_code_that_cannot_be_imported_stops_before_anybody_is_served_by_it(site: Installation, origin: Path):
    (origin / "wsgi.py").write_text("import nothing_like_this\n")
    git(origin, "commit", "-qam", "broken")
    (site.folder / "restarted").unlink(missing_ok=True)
    before, touched = site.workers(), (site.run / "reload").stat().st_mtime
    done = upgraded(site)
    assert done.returncode != 0
    assert "nothing_like_this" in done.stderr
    assert (site.run / "reload").stat().st_mtime == touched
    assert not (site.folder / "restarted").exists()
    assert site.workers() == before
    assert site.visitor().get("/microblog/readyz").status == 200
