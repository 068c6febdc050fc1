"""What the tests stand on: a database per run, Alice, Bob and Charlie, a browser, and programs that may be missing."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse
from xdist.remote import Producer

from microblog import config, migrations
from microblog.app import Application
from microblog.commands import translate
from microblog.core import counters, passwords, tasks
from microblog.embedded import Cluster
from microblog.faces.jobs import Work
from microblog.framework.database import Database
from microblog.framework.templates import Templates
from microblog.models import Credential, User

from .lanes import Lanes

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse"
HASH = passwords.hashed(PASSWORD)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def in_memory() -> str | None:
    """A folder in memory for a cluster that need not last, where there is room for one."""
    roomy = os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 2**30
    return "/dev/shm" if roomy else None


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A fresh database for this run: in TEST_DATABASE_URL's server, else in a private cluster that is thrown away."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="microblog-tests-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            yield cluster.url


@pytest.fixture(scope="session")
def migrated_url(database_url: str) -> str:
    migrations.run(database_url, "upgrade", "head")
    return database_url


@pytest.fixture(scope="session")
def new_database(database_url: str):
    """Makes another database with the schema, for tests that really commit: gives its URL."""
    server = Database(database_url, connections=1)
    numbers = iter(range(1, 1_000))

    def create(template: str = "template1") -> tuple[str, str]:
        name = f"microblog_test_{os.getpid()}_{next(numbers)}"
        with server.reading() as db:
            db.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return name, re.sub(r"/microblog(?=\?|$)", f"/{name}", database_url)

    @cache
    def with_the_schema() -> str:
        """One that nobody opens any more: a copy is quicker than a migration."""
        name, url = create()
        migrations.run(url, "upgrade", "head")
        return name

    def make(*, migrated: bool = True) -> str:
        return (create(with_the_schema()) if migrated else create())[1]

    yield make
    server.close()


class OneTransaction(Database):
    """A database of which each test sees a transaction that is undone in the end; what the product commits is a savepoint in it."""

    def begin(self) -> None:
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()

    def undo(self) -> None:
        self.outer.rollback()
        self.connection.close()

    def reading(self) -> Session:
        return Session(self.connection, join_transaction_mode="rollback_only", expire_on_commit=False, autoflush=False)

    def writing(self) -> Session:
        return Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture(scope="session")
def settings(migrated_url: str) -> config.Config:
    """The settings of the application under test; its catalogues are compiled."""
    translate.compile_stale()
    environment = {
        "MICROBLOG_ENV": "testing",
        "DATABASE_URL": migrated_url,
        "SECRET_KEY": "a key for tests that nobody has guessed yet",
        "PUBLIC_URL": "http://localhost/microblog",
        "RATE_LIMITS": "off",
    }
    return config.read(environment)


@pytest.fixture(scope="session")
def shared_app(settings: config.Config, migrated_url: str) -> Application:
    app = Application(settings)
    app.database = OneTransaction(migrated_url, connections=1)
    return app


@pytest.fixture
def app(shared_app: Application, settings: config.Config) -> Iterator[Application]:
    """The application; whatever a test makes it store is gone afterwards."""
    shared_app.config = settings
    shared_app.database.begin()
    yield shared_app
    shared_app.database.undo()


@pytest.fixture
def db(app: Application) -> Iterator[Session]:
    with app.database.writing() as session:
        yield session


@pytest.fixture
def having(app: Application, settings: config.Config):
    """Changes settings of the application for one test: having(post_length=10)."""

    def change(**values: object) -> None:
        app.config = replace(settings, **values)

    return change


@dataclass(frozen=True)
class Person:
    """Somebody in a test."""

    id: int
    username: str
    email: str


@pytest.fixture
def new_person(db: Session):
    """Makes a person with the password PASSWORD."""

    def make(username: str, **columns: object) -> Person:
        user_id = db.execute(insert(User).values(username=username, **columns).returning(User.id)).scalar_one()
        email = f"{username}@example.org"
        db.execute(insert(Credential).values(user_id=user_id, email=email, password_hash=HASH))
        counters.increase(db, "users")
        db.commit()
        return Person(user_id, username, email)

    return make


@pytest.fixture
def alice(new_person) -> Person:
    """Alice writes."""
    return new_person("alice", display_name="Alice Ånström")


@pytest.fixture
def bob(new_person) -> Person:
    """Bob follows Alice, once a test says so."""
    return new_person("bob")


@pytest.fixture
def charlie(new_person) -> Person:
    """Charlie is nobody to them."""
    return new_person("charlie")


class Browser(Client):
    """A browser with one person before it: it keeps cookies, fills in the hidden fields and stays below the prefix."""

    mount = "/microblog"

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", f"http://localhost{self.mount}")
        return super().open(path.removeprefix(self.mount), *arguments, **options)

    def token(self, page: str = "/auth/register") -> str:
        """The hidden token of a page's form."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def send(self, path: str, *, page: str | None = None, **fields: str) -> TestResponse:
        """Send a form from a page of ours; by default from the page of its own path."""
        return self.post(path, data={"csrf_token": self.token(page or path), **fields})

    def press(self, path: str, **fields: str) -> TestResponse:
        """Press a button that stands on the home page."""
        return self.send(path, page="/explore", **fields)

    def log_in(self, person: Person, **fields: str) -> TestResponse:
        answer = self.send("/auth/login", username=person.username, password=PASSWORD, **fields)
        assert answer.status_code == 303, answer.text
        return answer

    def flashes(self, path: str = "/explore") -> list[str]:
        """The sentences that the next page shows."""
        return [
            unescape(found)
            for found in re.findall(r'class="alert alert-\w+"[^>]*>\s*(?:<[^>]+>\s*)*([^<]+?)\s*<', self.get(path).text)
        ]


@pytest.fixture
def browser(app: Application) -> Browser:
    return Browser(app)


@pytest.fixture
def new_browser(app: Application):
    return lambda: Browser(app)


@pytest.fixture
def as_alice(browser: Browser, alice: Person) -> Browser:
    browser.log_in(alice)
    return browser


@pytest.fixture
def counted(app: Application):
    """Counts the statements inside a block: with counted() as statements: ...; len(statements)."""

    @contextlib.contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.append(statement)

        event.listen(app.database.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(app.database.engine, "before_cursor_execute", note)

    return count


@pytest.fixture
def commits(app: Application):
    """Counts the transactions that are committed inside a block: with commits() as committed: ...; len(committed)."""

    @contextlib.contextmanager
    def count() -> Iterator[list[str]]:
        committed: list[str] = []

        def note(_connection, name, _context) -> None:
            committed.append(name)

        event.listen(app.database.engine, "release_savepoint", note)  # which each commit is here: see OneTransaction
        try:
            yield committed
        finally:
            event.remove(app.database.engine, "release_savepoint", note)

    return count


class Letterbox:
    """A post office that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list = []

    def deliver(self, letter: object) -> None:
        self.letters.append(letter)


@pytest.fixture
def work(app: Application, db: Session):
    """What a job is given; its letters stay in work.post_office.letters."""
    return Work(
        db=db,
        job_id=4711,
        promised_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        config=app.config,
        urls=app.urls,
        languages=app.languages,
        templates=Templates(ROOT / "templates", app.languages),
        post_office=Letterbox(),
        show=lambda task_id, percent: tasks.advance(db, task_id, percent),
    )


def program(name: str) -> str:
    """The path of a system program. Missing, it skips the test and says what to install; with REQUIRE_ALL=1 it fails."""
    found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
    if found is None:
        message = f"{name} is not installed: apt install {name}"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def nginx() -> str:
    return program("nginx")


@pytest.fixture(scope="session")
def chromium() -> str:
    return program("chromium")


@pytest.fixture(scope="module")
def chrome(chromium: str):
    """A running Chromium; if possible the one that has no window to draw and needs a quarter of the time for a page. While it
    runs nobody else in this process can use Playwright, so it ends with the file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium-headless-shell") or chromium, args=QUIET)
        yield browser
        browser.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="list the rows of the specification with the tests that show them")


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C, and let all programs that tests start hear it, also where a shell has begun the run in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --rows, list instead of testing: every row with the number of its tests and the first of them, or what it lacks."""
    if not config.getoption("--rows"):
        return
    shown: dict[str, list[str]] = {}
    for item in items:
        for mark in item.iter_markers("row"):
            for row in mark.args:
                shown.setdefault(row, []).append(item.nodeid.partition("[")[0])
    lines = (ROOT / "tests" / "rows.txt").read_text("utf-8").splitlines()
    bare = 0
    for line in filter(None, (line.partition("#")[0].strip() for line in lines)):
        row, _, rest = line.partition(" ")
        title, _, reason = rest.partition(" | ")
        tests = list(dict.fromkeys(shown.pop(row, [])))
        bare += not tests and not reason
        proof = f"{len(tests)} test(s), such as {tests[0]}" if tests else reason or "NO TEST YET"
        config.get_terminal_writer().line(f"{row:9} {title[:60]:60} {proof}")
    for row in shown:
        config.get_terminal_writer().line(f"{row:9} is named by a test and is no row")
    config.get_terminal_writer().line(f"{bare} row(s) without a test or a decision")
    items.clear()
