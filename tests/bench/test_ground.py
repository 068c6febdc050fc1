"""ground: planted once and kept as it is, a copy for each point; or an empty database that somebody has named."""

import json
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from microblog.bench import BenchError, ground, planting
from microblog.bench.ground import dsn_of
from microblog.bench.plan import Plan, Point

PLAN = Plan((Point(1, 1),), None, people=10, posts=100, connections=2)


@pytest.fixture(scope="module")
def folder():
    """A place that Postgres's account can enter. pytest's own folders are closed to it whenever another run of pytest begins."""
    with tempfile.TemporaryDirectory(prefix="mb-ground-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def prepared(folder):
    """The private ground, and what was said of it."""

    def prepare(plan=PLAN):
        said = []
        return ground.prepared(plan, folder, said.append, lambda share: said.append(share)), said

    return prepare


@pytest.fixture
def unplanted(monkeypatch):
    """Plants nothing, for tests of when it would be done."""
    monkeypatch.setattr(planting, "plant", lambda dsn, town, progress: None)


def one(url: str, statement: str, *values: object):
    with closing(planting.connect(dsn_of(url))) as connection:
        cursor = connection.cursor()
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0] if cursor.description else None


def test_a_town_is_planted_once_and_kept(prepared):
    planting_it, said = prepared()
    with planting_it as first:
        assert first.is_new
        assert said[0] == "Planting a town of 10 people and 100 posts …"
        assert said[-1] == 1.0
        assert one(first.url, "SELECT count(*) FROM posts") == 100
        assert first.postmaster
    again, said = prepared()
    with again as second:
        assert (second.is_new, second.town) == (False, first.town)
        assert said == ["The town is there already: 10 people and 100 posts."]
        assert first.version == second.version
        assert one(second.url, "SHOW fsync") == one(second.url, "SHOW synchronous_commit") == "on"


def test_what_is_written_on_a_copy_is_not_in_the_next_one(prepared):
    with prepared()[0] as kept:
        with kept.copy() as url:
            one(url, "DELETE FROM posts")
        with kept.copy() as url:
            assert one(url, "SELECT count(*) FROM posts") == 100
        assert one(kept.url, "SELECT count(*) FROM pg_database WHERE datname = 'run'") == 0


def test_a_copy_is_gone_also_after_an_error_and_while_somebody_is_connected(prepared):
    with prepared()[0] as kept:
        with pytest.raises(KeyboardInterrupt), kept.copy() as url, closing(planting.connect(dsn_of(url))):
            raise KeyboardInterrupt
        assert one(kept.url, "SELECT count(*) FROM pg_database WHERE datname = 'run'") == 0


@pytest.mark.parametrize(
    "changed",
    [{"made_by": "another version"}, {"until": (datetime.now(UTC) - timedelta(days=8)).isoformat()}],
    ids=["code", "age"],
)
def test_a_town_that_is_not_what_it_would_be_today_is_planted_anew(prepared, unplanted, changed):
    with prepared()[0] as kept:
        url = kept.url.replace("/town", "/microblog")
        stamp = json.loads(one(url, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'town'"))
        one(url, "COMMENT ON DATABASE town IS %s", json.dumps(stamp | changed))
    with prepared()[0] as kept:
        assert kept.is_new


def test_a_town_is_planted_anew_for_whoever_asks(prepared, unplanted):
    with prepared(replace(PLAN, fresh=True))[0] as kept:
        assert kept.is_new


def test_a_database_that_was_named_is_filled_and_used_as_it_is(new_database, folder, unplanted):
    url = new_database(migrated=False)
    named = replace(PLAN, database_url=url)
    with ground.prepared(named, folder, print, lambda share: None) as given:
        assert given.is_new
        with given.copy() as used:
            assert used == url
            assert one(used, "SELECT count(*) FROM users") == 0, "it has the schema"
    refusing = ground.prepared(named, folder, print, lambda share: None)
    with pytest.raises(BenchError, match="is not empty"):
        refusing.__enter__()


def test_two_load_tests_do_not_measure_each_other(tmp_path):
    here = tmp_path / "bench"
    with ground.alone(here), pytest.raises(BenchError, match="Another load test is under way"), ground.alone(here):
        pass
    with ground.alone(tmp_path / "bench"):
        pass


def test_an_address_is_given_to_psycopg2_as_it_takes_it():
    assert dsn_of("postgres://u:p%40x@h:1/d?host=/s") == "postgresql://u:p%40x@h:1/d?host=%2Fs"
