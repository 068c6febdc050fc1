"""The doctor before a durable Postgres with a real standby and a real PgBouncer."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from microblog import migrations
from microblog.commands import db as db_command
from microblog.doctor import store
from microblog.doctor.patient import Patient
from microblog.doctor.verdicts import Unseen, Verdict
from microblog.embedded import Cluster

from ..conftest import program
from ..pooler import Pooler, set_up
from ..standby import Standby

Found = Callable[..., Verdict]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mb-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)  # root lends it to another account
        yield Path(name)


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    with Cluster(folder / "pg") as cluster:
        migrations.run(cluster.url, "upgrade", "head")
        yield cluster


@pytest.fixture(scope="module")
def standby(cluster: Cluster, folder: Path) -> Iterator[Standby]:
    standby = Standby(cluster, folder / "standby")
    standby.copy()
    standby.start()
    yield standby
    standby.stop()


@pytest.fixture(scope="module")
def direct_url(cluster: Cluster, standby: Standby) -> str:
    """Of Postgres itself, where a password is wanted from now on."""
    return set_up(cluster)


@pytest.fixture(scope="module")
def pooler(cluster: Cluster, direct_url: str, folder: Path) -> Iterator[Pooler]:
    pooler = Pooler(program("pgbouncer"), cluster, folder / "pgbouncer", pool_size=2)
    pooler.start()
    yield pooler
    pooler.stop()


@pytest.fixture
def found(settings: Any, door: Any) -> Found:
    """What a check finds by these settings, without a running site to ask."""

    def look(check: Callable[[Patient], Verdict], **values: str) -> Verdict:
        patient = Patient(replace(settings, **values), door)
        patient._kept["first"] = Unseen("Nothing runs.")
        try:
            return check(patient)
        finally:
            patient.close()

    return look


def test_what_is_acknowledged_survives_a_crash(cluster: Cluster, standby: Standby, found: Found):
    assert found(store.durable, database_url=cluster.url).level == "fine"
    assert found(store.writable, database_url=cluster.url).level == "fine"


def test_a_replica_that_follows_and_one_that_lags(
    cluster: Cluster, standby: Standby, found: Found, monkeypatch: pytest.MonkeyPatch
):
    urls = {"database_url": cluster.url, "database_replica_url": standby.url}
    assert found(store.replica, **urls).seen == "The replica follows the primary."
    monkeypatch.setattr(store, "LONGEST_LAG", 0.2)
    standby.hold()
    cluster.query("CREATE TABLE something (number integer)")
    lagging = found(store.replica, **urls)
    standby.go_on()
    assert (lagging.level, "lags by more than" in lagging.seen, "pg_stat_replication" in lagging.mend) == ("wrong", True, True)


def test_a_replica_in_the_place_of_the_primary(standby: Standby, found: Found):
    there = found(store.writable, database_url=standby.url)
    assert (there.level, "DATABASE_REPLICA_URL" in there.mend) == ("wrong", True)


def test_a_pooler_under_which_nothing_ends_what_takes_too_long_until_the_role_knows(
    pooler: Pooler, direct_url: str, found: Found, settings: Any
):
    urls = {"database_url": pooler.url, "database_direct_url": direct_url}
    assert found(store.direct, **urls).level == "fine"
    assert found(store.room, **urls).level == "fine"
    before = found(store.timeouts, **urls)
    assert (before.level, "python -m microblog db upgrade" in before.mend) == ("wrong", True)
    db_command.settle(replace(settings, **urls))
    pooler.stop()
    pooler.start()
    assert found(store.timeouts, **urls).level == "fine"
