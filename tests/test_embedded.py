"""The private Postgres: it starts, is joined, survives, and says in plain words why it cannot."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from microblog import embedded, lodging
from microblog.embedded import Cluster, ClusterError

PACKAGE = Path(embedded.__file__).parent
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends Postgres to another account")


@contextmanager
def new_place() -> Iterator[Path]:
    """A folder that other accounts can reach, unlike pytest's own; in memory where there is plenty, for speed."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    place = Path(tempfile.mkdtemp(prefix="microblog-", dir=memory if roomy else None))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place)


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_place() as place:
        yield place / "postgres"


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A cluster that has run once, because making one takes the longest."""
    with new_place() as place:
        with Cluster(place / "postgres", durable=False):
            pass
        yield place / "postgres"


@pytest.fixture
def used(folder, template) -> Path:
    """A folder with a cluster of its own that is down."""
    subprocess.run(["cp", "-a", template, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    """One cluster for the tests that only look."""
    with new_place() as place:
        with Cluster(place / "postgres", durable=False) as cluster:
            yield cluster
        assert cluster.processes() == []


def ask(cluster: Cluster, statement: str) -> list[sa.Row]:
    """Run one statement as the product would; rows, if it has any."""
    engine = sa.create_engine(cluster.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return list(result.all()) if result.returns_rows else []


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_the_first_start_makes_a_database_of_our_own(running):
    assert running.started_here
    assert ask(running, "SELECT current_user, current_database()") == [("microblog", "microblog")]
    assert ask(running, "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = 'microblog'") == [
        ("UTF8", "C.UTF-8")
    ]
    assert ask(running, "SHOW is_superuser") == [("off",)]
    assert ask(running, "SHOW listen_addresses") == [("",)]


def test_whoever_joins_leaves_it_running(running):
    with Cluster(running.folder, durable=False) as second:
        assert not second.started_here
        assert second.url == running.url
    assert ask(running, "SELECT 1") == [(1,)]


def test_the_terminals_ctrl_c_does_not_reach_it(running):
    assert os.getsid(postmaster(running)) != os.getsid(0)


def test_the_callers_own_postgres_settings_do_not_mislead_it(running, monkeypatch):
    for name, value in {"PGPORT": "1", "PGDATABASE": "elsewhere", "PGDATA": "/nowhere", "PGUSER": "root"}.items():
        monkeypatch.setenv(name, value)
    with Cluster(running.folder, durable=False) as second:
        assert not second.started_here
        assert ask(second, "SELECT current_database()") == [("microblog",)]


@only_root
def test_root_lends_it_to_another_account(running):
    assert running.home == running.folder
    assert running.account.name in ("postgres", "nobody")
    assert {path.stat().st_uid for path in (running.home, *running.home.rglob("*"))} == {running.account.uid}
    assert running.home.stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_the_data_and_needs_no_durability_in_tests(used):
    with Cluster(used, durable=False) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT 7 AS number")
        assert [ask(cluster, f"SHOW {name}") for name in embedded.NOT_DURABLE] == [[("off",)]] * 3
    with Cluster(used) as cluster:
        assert ask(cluster, "SELECT number FROM kept") == [(7,)]
        assert [ask(cluster, f"SHOW {name}") for name in embedded.NOT_DURABLE] == [[("on",)]] * 3


def test_four_launchers_at_once_start_it_once(folder):
    launch = (
        "import sys; from pathlib import Path; from microblog.embedded import Cluster\n"
        "with Cluster(Path(sys.argv[1]), durable=False) as cluster:\n"
        "    print(cluster.started_here, flush=True); sys.stdin.read()"
    )
    launchers = [
        subprocess.Popen(
            [sys.executable, "-c", launch, folder], cwd=PACKAGE.parent, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    said = [launcher.stdout.readline().strip() for launcher in launchers]
    for launcher in launchers:
        launcher.communicate()
    assert sorted(said) == ["False", "False", "False", "True"]


def test_a_killed_postmaster_comes_back_with_its_data(used):
    with Cluster(used) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        os.kill(postmaster(cluster), signal.SIGKILL)
        with Cluster(used) as again:
            assert again.started_here
            assert ask(again, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_process_that_took_the_old_number_does_not_keep_postgres_down(used):
    with Cluster(used, durable=False) as cluster:
        note = (cluster.data / "postmaster.pid").read_text().split("\n", 1)[1]
        uid = cluster.account.uid
    stranger = subprocess.Popen(["sleep", "60"], **({"user": uid} if cluster.account.borrowed else {}))
    try:
        (cluster.data / "postmaster.pid").write_text(f"{stranger.pid}\n{note}")
        with Cluster(used, durable=False) as again:
            assert again.started_here
    finally:
        stranger.kill()
        stranger.wait()


def test_a_start_that_is_interrupted_leaves_nothing_running(used, monkeypatch):
    def interrupted(_: Cluster) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Cluster, "furnish", interrupted)
    cluster = Cluster(used, durable=False)
    with pytest.raises(KeyboardInterrupt):
        cluster.start()
    assert cluster.processes() == []
    assert not cluster.started_here


def test_a_half_made_cluster_is_made_again(folder):
    (folder / "data.making").mkdir(parents=True)
    (folder / "data.making" / "PG_VERSION").write_text("18\n")
    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == [(1,)]


def test_an_unusual_path_gets_its_socket_below_tmp(folder):
    with Cluster(folder.parent / "a long folder" / ("with, spaces" * 10) / "postgres", durable=False) as cluster:
        assert str(cluster.socket).startswith("/tmp/microblog-")
        assert cluster.socket.stat().st_mode & 0o077 == 0
        assert ask(cluster, "SELECT 1") == [(1,)]
    cluster.socket.rmdir()


def test_data_of_another_postgres_are_named_and_left_alone(used):
    (used / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(ClusterError, match=r"written by Postgres 9, and here is only Postgres \d+.*\n.*MICROBLOG_PG_BIN"):
        Cluster(used).start()
    assert (used / "data" / "global").exists()


def test_a_machine_without_postgres_is_told_what_to_install(folder, monkeypatch):
    monkeypatch.setenv("MICROBLOG_PG_BIN", "/bin")
    with pytest.raises(ClusterError, match=r"No Postgres (.|\n)* DATABASE_URL"):
        Cluster(folder).start()


def test_a_postgres_that_does_not_start_shows_its_log(used):
    with (used / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")
    with pytest.raises(ClusterError, match=r'postgres\.log ends with:\n(.*\n)*.*"shared_buffers": "nonsense"'):
        Cluster(used).start()


@only_root
def test_a_closed_checkout_of_roots_lives_elsewhere_with_a_copy_of_the_programs(folder, monkeypatch):
    wheel = next((found for found in lodging.candidates() if found.parent.parent.name in lodging.WHEELS), None)
    if not wheel:
        pytest.skip("no wheel with Postgres is installed")
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    install, package = wheel.parent, wheel.parent.parent
    shutil.copytree(install, closed / package.name / install.name)
    shutil.copytree(package.with_name(package.name + ".libs"), closed / (package.name + ".libs"))
    monkeypatch.setenv("MICROBLOG_PG_BIN", str(closed / package.name / install.name / "bin"))
    monkeypatch.setattr(lodging, "STATE", folder.parent / "state")
    for _ in range(2):
        with Cluster(closed / "var" / "postgres", durable=False) as cluster:
            assert cluster.home.parent == lodging.STATE
            assert cluster.programs.folder.is_relative_to(lodging.STATE)
            assert ask(cluster, "SELECT 1") == [(1,)]
    assert len(list(lodging.STATE.iterdir())) == 2


def as_nobody(folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    """Start a cluster as the ordinary user `nobody`, from a copy of the modules and with a Python that they can read."""
    package = folder.parent / "lent"
    package.mkdir(exist_ok=True)
    for name in ("__init__.py", "embedded.py", "lodging.py"):
        (package / name).write_bytes((PACKAGE / name).read_bytes())
    script = (
        "import os, sys; sys.path.insert(0, os.getcwd()); from pathlib import Path; from lent.embedded import *\n"
        "try:\n"
        f"    with Cluster(Path({str(folder)!r}), durable=False) as cluster:\n"
        "        print(cluster.url, cluster.data.stat().st_uid, cluster.account.borrowed)\n"
        "except ClusterError as error:\n"
        "    print(error)"
    )
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        ["/usr/bin/python3", "-I", "-B", "-c", script],
        capture_output=True,
        text=True,
        cwd=folder.parent,
        env={"MICROBLOG_PG_BIN": str(programs)},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    )


@only_root
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that `nobody` can read")
def test_an_ordinary_user_needs_nobodys_help(used):
    with Cluster(used, durable=False) as cluster:
        programs = cluster.programs.folder
    refused = as_nobody(used, programs)
    assert f"belongs to {cluster.account.name}, and Postgres is to run as nobody" in refused.stdout

    shutil.rmtree(used)
    nobody = pwd.getpwnam("nobody")
    os.chown(used.parent, nobody.pw_uid, nobody.pw_gid)
    done = as_nobody(used, programs)
    assert done.stdout.split()[1:] == [str(nobody.pw_uid), "False"], done.stdout + done.stderr
    assert f"host={used}/socket" in done.stdout
    with Cluster(used, durable=False) as cluster:  # and root afterwards starts it as them
        assert cluster.account.uid == nobody.pw_uid
