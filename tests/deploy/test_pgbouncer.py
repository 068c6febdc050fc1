"""PgBouncer before Postgres, as deploy/pgbouncer.ini sets it up: eight threads share two connections, and nobody notices."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from microblog import demo
from microblog.config import ROOT
from microblog.embedded import Cluster
from microblog.framework.database import Database

from ..conftest import program
from ..pooler import Pooler, set_up
from ..together import together
from .conftest import installed
from .installation import Installation
from .load import Load
from .programs import program_of
from .visitor import submission

POOL_SIZE = 2
PASSWORD = "correct horse"
OF_ROLE = "database user"  # neither of the session, which is called "client", nor of the server, which is in Seoul
IN_FORCE = {
    "statement_timeout": ("5000", OF_ROLE),
    "lock_timeout": ("2000", OF_ROLE),
    "idle_in_transaction_session_timeout": ("10000", OF_ROLE),
    "TimeZone": ("UTC", OF_ROLE),
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="mb-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # root lends it to another account
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            yield cluster


@pytest.fixture(scope="module")
def direct_url(cluster: Cluster) -> str:
    return set_up(cluster)


@pytest.fixture(scope="module")
def pooler(cluster: Cluster, direct_url: str) -> Iterator[Pooler]:
    found = program("pgbouncer")
    folder = cluster.folder.parent / "pgbouncer"
    pooler = Pooler(found, cluster, folder, pool_size=POOL_SIZE)
    yield pooler
    pooler.stop()


def microblog(site: Installation, *words: str) -> str:
    """What a command of ours says in that installation."""
    environment = site.environment | {"MICROBLOG_NO_VENV": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "microblog", *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def worker(site: Installation) -> Iterator[None]:
    """A real worker of that installation."""
    environment = site.environment | {"MICROBLOG_NO_VENV": "1", "PYTHONPATH": str(ROOT)}
    with (site.folder / "var" / "log" / "worker.log").open("ab") as log:
        words = [sys.executable, "-m", "microblog", "worker"]
        process = subprocess.Popen(words, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) == 0


@pytest.fixture(scope="module")
def site(pooler: Pooler, direct_url: str, nginx: str) -> Iterator[Installation]:
    """Two processes with four threads each behind the pooler, set up in the order that pgbouncer.ini tells."""
    urls = {"DATABASE_URL": pooler.url, "DATABASE_DIRECT_URL": direct_url}
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))
    before = Installation(folder, direct_url, nginx, **urls)
    assert "will begin with our timeouts and in UTC" in microblog(before, "db", "upgrade")
    folder.rmdir()
    pooler.start()
    with installed(direct_url, nginx, **urls) as site:
        site.database.name = "tests"  # not to be taken for the web
        with site.database.writing() as db:
            demo.plant(db)
            db.commit()
        with worker(site):
            yield site


@contextmanager
def watched(direct_url: str) -> Iterator[list[int]]:
    """While the block runs, how many connections of the web Postgres sees is noted again and again."""
    eye = Database(direct_url, connections=1, name="eye")
    seen: list[int] = []
    over = threading.Event()
    theirs = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'microblog' AND application_name IN ('microblog', '')"

    def watch() -> None:
        with eye.reading() as db:
            while not over.wait(0.01):
                seen.append(db.scalar(text(theirs)) or 0)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join(10)
        eye.close()


def wait_until(true: Callable[[], Any], what: str, within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"in vain waited for {what}"
        time.sleep(0.02)


def names(site: Installation, count: int) -> list[str]:
    found = site.rows("SELECT username FROM users JOIN credentials ON user_id = id ORDER BY id LIMIT :count", count=count)
    return [name for (name,) in found]


def test_the_timeouts_are_in_force_though_no_session_was_told(site: Installation, pooler: Pooler):
    pooled = Database(pooler.url, connections=1, pooled=True)
    with pooled.reading() as db:
        found = db.execute(
            text("SELECT name, setting, source FROM pg_settings WHERE name = ANY(:names)"), {"names": list(IN_FORCE)}
        )
        assert {row.name: (row.setting, row.source) for row in found} == IN_FORCE
    pooled.close()


def test_a_statement_that_hangs_is_a_503_in_time(site: Installation):
    marta = site.member("marta")
    with site.database.writing() as db:
        db.execute(text("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        assert marta.get(site.mount + "/explore").status == 503
        assert 1.5 < time.monotonic() - began < 4.0
        db.rollback()
    assert marta.get(site.mount + "/explore").status == 200


def test_a_program_that_sends_settings_through_it_hears_that_it_must_not(site: Installation, pooler: Pooler):
    database = Database(pooler.url, connections=1)
    with pytest.raises(Exception, match="unsupported startup parameter"), database.reading() as db:
        db.scalar(text("SELECT 1"))
    database.close()


def test_eight_threads_share_two_connections_and_everything_stays_exact(site: Installation, direct_url: str):
    people = [site.member(name, 20 + number) for number, name in enumerate(names(site, 6))]
    programs = [program_of(site, name) for name in names(site, 4)]
    poll = site.one("SELECT id FROM polls WHERE closes_at > now() + interval '10 minutes' ORDER BY id LIMIT 1")
    voters, users, said = (
        site.one(f"SELECT count(*) FROM {table}") for table in (f"votes WHERE poll_id = {poll}", "users", "posts")
    )
    free = [name for name in names(site, 30) if _may_vote(site, name, poll)][:6]
    ballots = [program_of(site, name) for name in free]

    def reader(number: int) -> list[int]:
        paths = ("/", "/explore", "/user/marta", "/search?q=the", "/messages", "/notifications")
        return [people[number].get(site.mount + path).status for path in paths]

    def writer(number: int) -> list[int]:
        sent = submission(people[number].open("/"), "Submit")
        bodies = [{"nonce": f"pool {number} {turn}", "post": f"through the pool {number} {turn}"} for turn in range(4)]
        return [people[number].post(sent.target, sent.fields | body).status for body in bodies]

    def newcomer(number: int) -> list[int]:
        return [site.visitor(60 + number).sign_up(f"pooled{number}", PASSWORD).status]

    def speaker(number: int) -> list[int]:
        posts = [{"body": f"api through the pool {number} {turn}"} for turn in range(4)]
        return [programs[number].ask("POST", "/posts", post).status for post in posts]

    def voter(number: int) -> list[int]:
        return [ballots[number].ask("POST", f"/polls/{poll}/votes", {"choices": [1]}).status for _ in range(2)]

    def counter(number: int) -> list[int]:
        return [site.visitor(80 + number).post(f"{site.mount}/lab/13/increase", {}).status for _ in range(5)]

    crew = ((reader, 6), (writer, 6), (newcomer, 4), (speaker, 4), (voter, len(ballots)), (counter, 4))
    deeds = [lambda do=do, number=number: (do.__name__, do(number)) for do, count in crew for number in range(count)]
    with watched(direct_url) as seen:
        results = together(deeds)
    answers = {kind: sorted({status for name, found in results if name == kind for status in found}) for kind, _ in results}
    assert answers.pop("voter") == [201, 409]
    assert answers.pop("counter") in ([200], [303])
    assert answers == {"reader": [200], "writer": [303], "newcomer": [200], "speaker": [201]}
    assert max(seen) == POOL_SIZE, "all of it went through the pool, and the pool was full"
    assert site.one("SELECT count(*) FROM posts") == said + 6 * 4 + 4 * 4
    assert site.one("SELECT count(*) FROM posts WHERE body LIKE '%through the pool%'") == 6 * 4 + 4 * 4
    assert site.one("SELECT count(*) FROM users") == users + 4
    assert site.one("SELECT value FROM counters WHERE name = 'users'") == users + 4
    assert site.one(f"SELECT voter_count FROM polls WHERE id = {poll}") == voters + len(ballots)
    assert site.one(f"SELECT count(*) FROM votes WHERE poll_id = {poll}") == voters + len(ballots)
    assert site.one("SELECT value FROM counters WHERE name = 'lab'") == 4 * 5
    assert site.one("SELECT count(*) FROM users WHERE post_count <> (SELECT count(*) FROM posts WHERE author_id = users.id)") == 0


def _may_vote(site: Installation, name: str, poll: int) -> bool:
    """Whether somebody has not voted there, and has not asked it."""
    asked = "SELECT 1 FROM polls JOIN posts ON posts.id = post_id JOIN users ON users.id = author_id"
    voted = "SELECT 1 FROM votes JOIN users ON users.id = user_id"
    where = "WHERE username = :name"
    found = f"SELECT NOT EXISTS ({asked} {where} AND polls.id = :poll) AND NOT EXISTS ({voted} {where} AND poll_id = :poll)"
    return site.one(found, name=name, poll=poll)


def test_the_worker_hears_of_a_job_that_was_promised_through_the_pooler(site: Installation):
    marta = site.member("marta")
    marta.press(marta.open("/user/marta"), "Export your posts")
    done = "SELECT count(*) FROM tasks WHERE complete AND NOT failed AND progress = 100"
    wait_until(lambda: site.one(done), "the export")
    heard = "SELECT extract(epoch FROM tasks.finished_at - tasks.created_at) FROM tasks WHERE complete"
    assert site.one(heard) < 1.5, "it was found by looking, not by the bell"
    assert site.one("SELECT query FROM pg_stat_activity WHERE application_name = 'microblog bell'").startswith("LISTEN ")


def test_somebody_who_leaves_may_take_longer_and_only_they(site: Installation, pooler: Pooler):
    """SET LOCAL ends with the transaction, whoever has the connection afterwards."""
    site.visitor().sign_up("leaver", PASSWORD)
    leaver = site.member("leaver", password=PASSWORD)
    page = leaver.open("/account/delete")
    assert leaver.press(page, "Delete my account").status == 200
    pooled = Database(pooler.url, connections=POOL_SIZE, pooled=True)
    with ThreadPoolExecutor(POOL_SIZE) as pool, pooled.reading() as one, pooled.reading() as other:
        asked = [
            pool.submit(db.scalar, text("SELECT current_setting('statement_timeout') FROM pg_sleep(0.1)")) for db in (one, other)
        ]
        assert [answer.result(10) for answer in asked] == ["5s", "5s"]
    pooled.close()


def test_a_restart_of_the_pooler_under_load_costs_a_503_at_worst(site: Installation, pooler: Pooler):
    marta, program = site.member("marta"), program_of(site, "marta")
    before = site.one("SELECT count(*) FROM posts")
    spoken: list[int] = []

    def reader(number: int, path: str) -> Callable[[], int]:
        twin = marta.twin(f"127.0.0.{40 + number}")
        return lambda: twin.get(site.mount + path).status

    def speak() -> int:
        status = program.ask("POST", "/posts", {"body": "while the pooler restarts"}).status
        spoken.append(status)
        return status

    with Load([*(reader(number, path) for number, path in enumerate(("/", "/explore", "/user/marta", "/"))), speak]) as load:
        pooler.tell("RECONNECT")
        load.wait_for(40)
        assert set(load.counts) == {200, 201}, "new connections, one after the other, cost nothing"
        for number in (signal.SIGINT, signal.SIGTERM):
            load.wait_for(20)
            pooler.stop(number)
            pooler.start()
            began = time.monotonic()
            load.wait_for(20)
            assert time.monotonic() - began < 5.0
        load.wait_for(40)
        calm = dict(load.counts)
        load.wait_for(40)
    assert set(load.counts) <= {200, 201, 503}, load.counts
    assert load.counts[503] == calm.get(503, 0), "long after the restart there still was a 503"
    stored = site.one("SELECT count(*) FROM posts") - before
    assert spoken.count(201) <= stored <= spoken.count(201) + 2, "at most those whose answer was cut off are there besides"


def test_a_restart_of_postgres_behind_it_is_over_at_once(site: Installation, cluster: Cluster):
    marta = site.member("marta")
    twins = [marta.twin(f"127.0.0.{40 + number}") for number in range(4)]
    with Load([lambda twin=twin: twin.get(site.mount + "/explore").status for twin in twins]) as load:
        cluster.stop()
        cluster.start()
        began = time.monotonic()
        wait_until(lambda: marta.get(site.mount + "/explore").status == 200, "a page")
        assert time.monotonic() - began < 5.0
        load.wait_for(30)
    assert set(load.counts) <= {200, 503}, load.counts
    site.wait_until_ready()
