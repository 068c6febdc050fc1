"""A Postgres that is started anew, killed, loses connections or has no room for more, while people write.

The cluster is one that keeps its promises (fsync and synchronous_commit are on). No power is cut here: what a kill -9 leaves
behind is in the kernel's hands, so these tests show that the site waits for COMMIT and that Postgres recovers, not that the disk
keeps what it was given.
"""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from microblog import migrations
from microblog.app import PAUSES_WHILE_AWAY
from microblog.embedded import Cluster

from . import postgres
from .clients import everybody
from .conftest import Stage, staged


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="mb-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # root lends it to another account
        with Cluster(Path(folder) / "pg") as cluster:
            migrations.run(cluster.url, "upgrade", "head")
            yield cluster


@pytest.fixture(scope="module")
def stage(cluster: Cluster, nginx: str) -> Iterator[Stage]:
    with staged(cluster.url, nginx) as stage:
        yield stage


@pytest.mark.row("MT-07.3", "MT-D11")
@pytest.mark.parametrize(
    "fail",
    [postgres.restart, postgres.kill, postgres.kill_a_connection, postgres.end_connections],
    ids=lambda fail: fail.__name__,
)
def test_what_was_acknowledged_outlives_postgres(stage: Stage, cluster: Cluster, fail: Callable[[Cluster], None]):
    """Nothing but 503 meanwhile, and everybody is served again within five seconds.

    Seen to fail when a build says that posts are live before COMMIT (FAULTS_SPOILED=hasty), says 500 instead of 503 (blunt), or
    refuses for a while longer than it must (sulking).
    """
    end = time.monotonic() + stage.seconds
    with stage.crowd() as crowd:
        while True:
            fail(cluster)
            crowd.wait_until_back()
            crowd.wait_for(stage.chance.randint(5, 30))
            if time.monotonic() > end:
                break


@pytest.mark.row("MT-D11")
def test_a_postgres_without_room_for_more_is_a_503_until_there_is_room(stage: Stage, cluster: Cluster):
    """max_connections is reached by others, and the site has lost what it had.

    Seen to fail when a build says 500 instead of 503 (FAULTS_SPOILED=blunt), or refuses for longer than it must (sulking).
    """
    postgres.restart(cluster, max_connections="16")
    try:
        with stage.crowd() as crowd:
            with postgres.full(cluster):
                time.sleep(max(stage.seconds, 1 + sum(PAUSES_WHILE_AWAY)))  # longer than a request is tried again
            crowd.wait_until_back()
            crowd.wait_for(20)
        assert crowd.ledger.statuses[503] > 0
    finally:
        postgres.restart(cluster, max_connections="200")


# What nobody can know: whether a COMMIT that was not answered has happened. Here it always has.


KINDS = ("say", "say_by_program", "say_by_simple_program", "write", "join", "follow")


def test_an_answer_to_commit_that_is_lost_is_a_503_and_nothing_is_done_again(stage: Stage, cluster: Cluster):
    """Postgres has stored it, and the connection ends before it says so. Who can repeat it safely does, and is answered.

    Seen to fail when a build tries again by itself what may be stored (FAULTS_SPOILED=stubborn).
    """
    ledger, acting = everybody(stage.site, stage.people, "lost")
    deeds = [(client, getattr(client, kind)()) for client, kind in zip(acting, KINDS, strict=True)]
    with postgres.answers_to_commit_lost(cluster), ThreadPoolExecutor(len(deeds)) as pool:
        assert not any(pool.map(lambda pair: pair[0].send(pair[1]), deeds))
    assert ledger.statuses == {503: len(deeds)}
    assert [client.send(deed) for client, deed in deeds if deed.may_repeat] == [True] * 4
    ledger.check()
    stored = stage.site.one("SELECT count(*) FROM posts WHERE body LIKE '%[lost.%'")
    assert stored == 3, "the simple program's post is there, once, though it cannot know"


def test_a_worker_killed_between_commit_and_its_answer_has_done_it_once(stage: Stage, cluster: Cluster):
    """nginx says 502 then; a form or a program that repeats what it sent is told that it is done.

    Seen to fail when a build takes what is sent again for something new (FAULTS_SPOILED=forgetful).
    """
    ledger, acting = everybody(stage.site, stage.people, "cut")
    acting[0].people, acting[2].people = stage.people[0:1] + stage.people[3:4], stage.people[2:3] + stage.people[4:5]
    kinds = ("say", "say_by_program", "write_by_program")  # of people who do not wait for each other's rows
    deeds = [(client, getattr(client, kind)()) for client, kind in zip(acting, kinds, strict=False)]
    stage.site.wait_for_workers()
    workers = stage.site.workers()
    with postgres.commits_wait(cluster) as waiting, ThreadPoolExecutor(len(deeds)) as pool:
        sent = [pool.submit(client.send, deed) for client, deed in deeds]
        deadline = time.monotonic() + 10
        while len(waiting()) < len(deeds):
            assert time.monotonic() < deadline, "they have not come to COMMIT"
            time.sleep(0.01)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        assert not any(each.result() for each in sent)
    assert ledger.statuses == {502: len(deeds)}
    assert all(client.send(deed) for client, deed in deeds)
    ledger.check(cut_by_nginx=len(deeds))
    assert stage.site.one("SELECT count(*) FROM posts WHERE body LIKE '%[cut.%'") == 2
    stage.site.wait_for_workers(other_than=workers)
