"""memory: a line through many looks, and a worker of jobs that does what it is promised."""

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from microblog.bench import BenchError, memory, planting, sites
from microblog.bench.ground import dsn_of
from microblog.bench.loads import LASTING, PRODUCT
from microblog.bench.plan import Point
from microblog.faces.jobs import JOBS

from .conftest import KEYS


def test_growth_is_counted_from_when_the_caches_of_a_worker_are_full():
    looks = [(0, 30.0, 9.0), (9_000, 49.0, 9.0), (10_000, 50.125, 9.0), (20_000, 50.2, 9.0)]
    looks += [(10_000 * n, 50.0 + n / 8, 20.0 + n / 16) for n in range(3, 12)]
    assert memory._of_worker(looks, 10_000) == {
        "begun": 30.0,
        "warm": 50.125,
        "ended": 51.375,
        "requests": 110_000,
        "slope": 64.0,
    }


def test_what_is_taken_once_and_given_back_is_no_growth():
    taken = {5: 2.0, 6: 2.0}
    assert memory._steepness([(10_000 * n, 30.0 + n / 1_000 + taken.get(n, 0.0)) for n in range(12)]) == pytest.approx(1e-7)
    assert memory._steepness([(1, 5.0)]) == 0.0


class Site:
    """Workers that answer a hundred requests a turn."""

    def __init__(self, *rounds: dict[int, int]) -> None:
        self.rounds = list(rounds)
        self.asked: list[str] = []

    def workers(self) -> dict[int, int]:
        return self.rounds.pop(0)

    def end_of_logs(self) -> str:
        return "the end"


def made_of(site: Site, processes: int):
    point = Point(processes, 1)
    return SimpleNamespace(sites={PRODUCT: site}, point=point, measure=lambda load, seconds: site.asked.append(load.name))


def test_workers_are_looked_at_until_the_slowest_has_answered_enough(monkeypatch):
    monkeypatch.setattr(memory.machine, "memory", lambda pid: pid / 10)
    monkeypatch.setattr(memory.machine, "gathered", float)
    site = Site({7: 0, 8: 0}, {7: 150, 8: 90}, {7: 250, 8: 190}, {7: 320, 8: 200})
    looks = memory._watch(made_of(site, 2), 200, lambda text: None)
    assert [look[:2] for look in looks[7]] == [(0, 0.7), (150, 0.7), (250, 0.7), (320, 0.7)]
    assert looks[8] == [(0, 0.8, 8.0), (90, 0.8, 8.0), (190, 0.8, 8.0), (200, 0.8, 8.0)]
    assert site.asked == [LASTING.name] * 3


def test_a_worker_that_ends_takes_what_it_has_gathered_with_it_and_that_is_told(monkeypatch):
    monkeypatch.setattr(memory.machine, "memory", lambda pid: 1.0)
    monkeypatch.setattr(memory.machine, "gathered", lambda pid: 1.0)
    with pytest.raises(BenchError, match="(?s)A worker has ended.*the end"):
        memory._watch(made_of(Site({7: 100}, {9: 0}), 1), 200, lambda text: None)


def test_what_is_promised_are_jobs_that_there_are(cursor, asked):
    cursor.execute(memory.PROMISED, [4])
    names = dict(asked("SELECT name, count(*) FROM jobs GROUP BY name"))
    assert names == {"jobs.polls.close": 5, "jobs.polls.tell": 5, "jobs.resets.send": 4}
    assert names.keys() <= JOBS.keys()


def test_the_worker_of_jobs_does_them_and_is_weighed(new_database, small_town, monkeypatch):
    monkeypatch.setattr(memory, "LETTERS", 3)
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    site = sites.Site(Path("/tmp"), sites.environment(url, Point(1, 1), port=9, keys=KEYS), 9, nginx=None)
    with closing(planting.connect(dsn_of(url))) as connection:
        found = memory._of_jobs(SimpleNamespace(sites={PRODUCT: site}, cursor=connection.cursor()))
    assert found["failed"] == 0
    assert found["done"] >= 5 + 5 + 3
    assert 10 < found["begun"] <= found["ended"] + 5
