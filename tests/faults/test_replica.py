"""With a read replica: pages come from it, nobody misses what they have just written, and it may die."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from microblog import migrations
from microblog.app import Application
from microblog.core import figures, users
from microblog.embedded import Cluster
from tests.conftest import PASSWORD, Browser, Person, in_memory
from tests.standby import Standby


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Cluster, Standby]]:
    """A cluster and a standby that follows it."""
    with tempfile.TemporaryDirectory(prefix="microblog-pair-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        with Cluster(Path(folder) / "pg", durable=False) as primary:
            migrations.run(primary.url, "upgrade", "head")
            standby = Standby(primary, Path(folder) / "standby")
            standby.copy()
            standby.start()
            yield primary, standby
            standby.stop()


@pytest.fixture(scope="module")
def standby(pair) -> Standby:
    return pair[1]


@pytest.fixture
def app(pair, settings) -> Iterator[Application]:
    """An application of its own, as each process is."""
    primary, standby = pair
    app = Application(replace(settings, database_url=primary.url, database_replica_url=standby.url))
    yield app
    app.database.close()
    assert app.replica
    app.replica.database.close()


@pytest.fixture(scope="module")
def susan(pair) -> Person:
    return _join(pair[0], "susan")


@pytest.fixture(scope="module")
def david(pair) -> Person:
    return _join(pair[0], "david")


def _join(primary: Cluster, name: str) -> Person:
    from microblog.framework.database import Database

    database = Database(primary.url, connections=1)
    with database.writing() as db:
        user_id = users.register(db, username=name, email=f"{name}@example.org", password=PASSWORD)
        db.commit()
    database.close()
    return Person(user_id, name, f"{name}@example.org")


def logged_in(app: Application, person: Person) -> Browser:
    browser = Browser(app)
    browser.log_in(person)
    return browser


def asked(app: Application) -> int:
    """How many connections the application has opened to the replica."""
    assert app.replica
    return app.replica.database.engine.pool.checkedin()  # type: ignore[attr-defined]


def test_pages_come_from_the_replica_once_it_shows_what_their_reader_has_written(app, standby, susan):
    browser = logged_in(app, susan)
    standby.catch_up()
    assert browser.get("/explore").status_code == 200
    assert asked(app) == 1
    assert browser.get("/").status_code == 200


def test_who_has_just_written_reads_it_while_others_may_still_read_what_was_before(app, standby, susan, david):
    writer, other = logged_in(app, susan), logged_in(app, david)
    standby.catch_up()
    assert other.get("/explore").status_code == 200  # it has caught up with david's login
    standby.hold()
    try:
        writer.send("/", post="fresh from the primary")
        for page in ("/", "/explore", "/user/susan"):
            assert "fresh from the primary" in writer.get(page).text
        assert "fresh from the primary" not in other.get("/explore").text
    finally:
        standby.go_on()
    standby.catch_up()
    assert "fresh from the primary" in other.get("/explore").text
    assert "fresh from the primary" in writer.get("/explore").text


def test_the_position_of_the_last_write_travels_with_the_browser_and_is_forgotten_once_it_is_reached(app, standby, susan):
    browser = logged_in(app, susan)
    state = app.cookies.state_name
    assert "lsn" in app.cookies.read(f"{state}={browser.get_cookie(state, path='/microblog/').value}").state
    standby.catch_up()
    browser.get("/explore")
    assert browser.get_cookie(state, path="/microblog/") is None


def test_a_replica_that_dies_costs_nobody_a_page(app, standby, susan):
    browser = logged_in(app, susan)
    standby.catch_up()
    browser.get("/explore")
    standby.stop()
    try:
        assert [browser.get("/explore").status_code for _ in range(5)] == [200] * 5
        assert app.replica.is_avoided
    finally:
        standby.start()
    app.replica._avoided_until = 0.0  # as after some seconds
    assert browser.get("/explore").status_code == 200
    assert not app.replica.is_avoided


def test_nothing_is_ever_written_to_the_replica(app, standby, susan):
    """Pages that may lag are safe: handling them must not need the primary."""
    browser = logged_in(app, susan)
    standby.catch_up()
    with app.replica.database.reading() as db:
        assert db.scalar(text("SHOW transaction_read_only")) == "on"
    read = [route.rule for route in app.urls.routes if route.path.may_lag and route.verb == "GET" and "<" not in route.rule]
    assert [browser.get(rule + "?q=fresh").status_code for rule in read] == [200] * len(read)
    assert len(read) > 3


def test_what_the_replica_lacks_is_measured_from_the_primary(app, standby, susan):
    with app.database.reading() as db:
        position = figures.all_of(db).position
    standby.catch_up()
    assert app.replica.behind(position) == 0
    standby.hold()
    try:
        with app.database.writing() as db:
            db.execute(text("UPDATE users SET about_me = repeat('x', 400)"))
            db.commit()
        with app.database.reading() as db:
            assert app.replica.behind(figures.all_of(db).position) > 400
    finally:
        standby.go_on()
