"""Postgres goes away and comes back: a page says so meanwhile, and the next request works."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from microblog import demo, migrations
from microblog.app import PAUSES_WHILE_AWAY
from microblog.embedded import Cluster

from .conftest import installed
from .installation import Installation
from .load import Load
from .visitor import Visitor, submission

LONGEST_RESTART = 0.8 * sum(PAUSES_WHILE_AWAY)  # seconds


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A Postgres of its own, which may be stopped."""
    with tempfile.TemporaryDirectory(prefix="mb-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # root lends it to another account
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            yield cluster


@pytest.fixture(scope="module")
def site(cluster: Cluster, nginx: str) -> Iterator[Installation]:
    migrations.run(cluster.url, "upgrade", "head")
    with installed(cluster.url, nginx) as site:
        with site.database.writing() as db:
            demo.plant(db)
            db.commit()
        yield site


@pytest.fixture(scope="module")
def marta(site: Installation) -> Visitor:
    return site.member("marta")


@pytest.fixture
def away(cluster: Cluster) -> Iterator[Callable[[], None]]:
    """Postgres is away until the given function brings it back, at the latest after the test."""

    def back() -> None:
        if not cluster.started_here:
            cluster.start()

    cluster.stop()
    yield back
    back()


@pytest.mark.row("MT-07.3", "MT-D11")
def test_a_page_says_so_and_the_next_request_after_the_return_works(site: Installation, marta: Visitor, away: Callable[[], None]):
    for path in ("/", "/explore", "/user/marta", "/index"):
        answer = marta.get(site.mount + path)
        assert answer.status == 503, path
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers.get_content_type() == "text/html"
        assert "cannot reach its memory" in answer.words
        assert answer.headers["X-Request-ID"] in answer.words
        assert site.mount + "/" in [link.attrs["href"] for link in answer.page.query("a")]
        assert "psycopg2" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    away()
    assert marta.get(site.mount + "/explore").status == 200
    assert {marta.get(site.mount + "/").status for _ in range(20)} == {200}, "the session has outlived it"


def test_the_servers_own_line_says_how_it_went_and_never_with_which_token(site: Installation, away: Callable[[], None]):
    answer = site.visitor(9).get(f"{site.mount}/auth/reset_password/marked-token?token=marked-query")
    assert answer.status == 503
    line = f" ms [request {answer.headers['X-Request-ID']}]"
    end = monotonic() + 10
    while line not in (text := site.log.read_text("utf-8", "replace")) and monotonic() < end:
        sleep(0.02)
    assert re.search(rf"^503 GET for 127\.0\.0\.9 after \d+{re.escape(line)}$", text, re.MULTILINE), text[-2_000:]
    assert "marked" not in text


def test_the_process_lives_and_is_not_ready(site: Installation, away: Callable[[], None]):
    visitor = site.visitor()
    assert visitor.get(site.mount + "/livez").status == 200
    answer = visitor.get(site.mount + "/readyz")
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    away()
    assert visitor.get(site.mount + "/readyz").status == 200


def test_what_needs_no_database_is_there_all_the_while(site: Installation, away: Callable[[], None]):
    visitor = site.visitor()
    for path in ("/auth/login", "/auth/register", "/avatar/1.svg", "/static/0/css/site.css"):
        assert visitor.get(site.mount + path).status == 200, path
    assert visitor.get(site.mount + "/nope").status == 404
    assert visitor.get(site.mount + "/explore").status == 302


def test_a_form_sent_meanwhile_is_not_lost_in_silence(site: Installation, marta: Visitor, cluster: Cluster):
    sent = submission(marta.open("/"), "Submit")
    fields = sent.fields | {"post": "in den Wind gesprochen"}
    cluster.stop()
    try:
        answer = marta.post(sent.target, fields)
        assert answer.status == 503
        assert answer.headers["Retry-After"]
    finally:
        cluster.start()
    assert site.one("SELECT count(*) FROM posts WHERE body = 'in den Wind gesprochen'") == 0
    assert marta.post(sent.target, fields).status == 303, "the same form may be sent again"
    assert site.one("SELECT count(*) FROM posts WHERE body = 'in den Wind gesprochen'") == 1


def test_a_restart_of_postgres_costs_readers_nothing(site: Installation, marta: Visitor, cluster: Cluster):
    def reader(number: int, path: str) -> Callable[[], int]:
        twin = marta.twin(f"127.0.0.{40 + number}")
        return lambda: twin.get(site.mount + path).status

    paths = ("/", "/explore", "/user/marta", "/readyz", "/livez", "/explore")
    readers = [reader(number, path) for number, path in enumerate(paths)]
    in_time = 0
    for _ in range(12):
        with Load(readers) as load:
            began = monotonic()
            cluster.stop()
            cluster.start()
            away_for = monotonic() - began
            load.wait_for(40)
        if away_for < LONGEST_RESTART:  # a machine with other things to do may take longer than anybody waits
            assert set(load.counts) == {200}, (load.counts, away_for)
            in_time += 1
        if in_time == 4:
            return
    assert in_time, "no restart was as quick as restarts are"
