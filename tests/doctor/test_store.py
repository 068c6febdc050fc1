"""Postgres, as we and the running site find it."""

import pytest
from sqlalchemy import text

from microblog.doctor import store as module
from microblog.framework.database import Database

AWAY = "postgresql://nobody:hidden@127.0.0.1:9/nothing"


def test_a_database_that_only_the_running_site_does_not_reach(patient, told):
    assert module.answers(patient).level == "fine"
    told(database=None)
    found = module.answers(patient)
    assert (found.level, "service's environment" in found.mend) == ("wrong", True)


def test_a_database_that_is_away(patient):
    patient.database = Database(AWAY, connections=1)
    found = module.answers(patient)
    assert (found.level, "systemctl status postgresql" in found.mend, "hidden" in found.seen) == ("wrong", True, False)


def test_a_site_that_uses_another_database(patient, told):
    assert module.same(patient).level == "fine"
    told("database", identity="another")
    assert "Correct DATABASE_URL" in module.same(patient).mend


@pytest.mark.parametrize(
    ("schema", "level", "words"),
    [
        ("0001", "wrong", "db upgrade"),
        ("", "wrong", "db upgrade"),
        (None, "wrong", "db upgrade"),
        ("9999", "warning", "git pull"),  # it serves, and another host has migrated already
    ],
)
def test_a_schema_that_does_not_fit(patient, store, schema, level, words):
    assert module.schema(patient).level == "fine"
    store(schema=schema)
    found = module.schema(patient)
    assert (found.level, words in found.mend) == (level, True)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"version": 140_009}, "Postgres 15 or newer"), ({"encoding": "SQL_ASCII"}, "createdb -T template0 -E UTF8")],
)
def test_a_server_that_is_too_old_or_knows_no_letters(patient, store, values, words):
    assert module.version(patient).level == "fine"
    store(**values)
    found = module.version(patient)
    assert (found.level, words in found.mend) == ("wrong", True)


@pytest.mark.parametrize(
    ("hosts", "connections", "level"), [(1, 18, "fine"), (1, 17, "wrong"), (0, 18, "fine"), (2, 18, "wrong"), (2, 26, "fine")]
)
def test_room_for_all_connections(patient, store, settled, hosts, connections, level):
    settled(processes=2, threads=4)
    store(hosts=hosts, connections=connections)
    found = module.room(patient)
    assert (found.level, "max_connections = " in found.mend) == (level, level == "wrong")


def test_what_uwsgi_was_started_with_counts_and_not_what_is_written(patient, store, settled, told):
    settled(processes=90, threads=90)
    told(pool=4)
    patient.probe["process"]["uwsgi"] = {"processes": 2, "threads": 4}
    store(hosts=1, connections=18)
    assert module.room(patient).level == "fine"


def test_behind_a_pooler_there_is_room(patient, store, settled):
    settled(database_direct_url=AWAY)
    store(connections=1)
    assert module.room(patient).level == "fine"


@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "idle_timeout"])
@pytest.mark.parametrize("value", [0, 60_000])
def test_waits_without_an_end(patient, told, name, value):
    assert module.timeouts(patient).level == "fine"
    told("database", **{name: value})
    found = module.timeouts(patient)
    assert (found.level, name in found.seen, "DATABASE_DIRECT_URL" in found.mend) == ("wrong", True, True)


@pytest.mark.parametrize(
    ("values", "words"), [({"in_recovery": True}, "DATABASE_REPLICA_URL"), ({"read_only": True}, "default_transaction_read_only")]
)
def test_a_database_that_takes_no_writes(patient, store, values, words):
    assert module.writable(patient).level == "fine"
    store(**values)
    found = module.writable(patient)
    assert (found.level, words in found.mend) == ("wrong", True)


def test_a_database_that_forgets_in_a_crash(patient, store):
    store(not_durable=None)
    assert module.durable(patient).level == "fine"
    store(not_durable=["fsync"])
    assert "fsync = on" in module.durable(patient).mend


def test_a_superuser(patient, store):
    assert module.role(patient).level == "fine"
    store(superuser=True)
    assert "--no-superuser" in module.role(patient).mend


@pytest.mark.parametrize(("url", "words"), [(AWAY, "does not answer"), (None, "is no replica")])
def test_a_replica_that_is_none(patient, settled, migrated_url, url, words):
    assert module.replica(patient).level == "fine"
    settled(database_replica_url=url or migrated_url)
    found = module.replica(patient)
    assert (found.level, words in found.seen, "pg_stat_replication" in found.mend) == ("wrong", True, True)
    assert "hidden" not in found.seen


def test_a_way_past_the_pooler(patient, settled, migrated_url, new_database):
    assert module.direct(patient).level == "fine"
    settled(database_direct_url=migrated_url)
    assert module.direct(patient).level == "fine"
    settled(database_direct_url=AWAY)
    found = module.direct(patient)
    assert (found.level, "does not lead to Postgres" in found.seen) == ("wrong", True)
    settled(database_direct_url=new_database(migrated=False))
    found = module.direct(patient)
    assert (found.level, "another database" in found.seen) == ("wrong", True)


def test_a_database_without_a_schema_has_room_too(patient, new_database):
    """Where nothing was migrated yet, nobody counts workers."""
    patient.database = Database(new_database(migrated=False), connections=1)
    assert module.room(patient).level == "fine"
    with patient.reading() as db:
        assert db.scalar(text("SELECT to_regclass('heartbeats')")) is None
    patient.database.close()
