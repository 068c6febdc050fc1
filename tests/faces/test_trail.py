"""What each face leaves in the audit trail, with a database where what is not committed is gone."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from werkzeug.test import Client

from microblog.app import Application
from microblog.core import audit, users
from microblog.models import AuditEntry

PASSWORD, WRONG = "correct horse", "a wrong horse"
EMAIL = "alice@example.org"
NEW = {"name": "Susan", "email": "susan@example.org", "profile": "", "password": PASSWORD}


@pytest.fixture(scope="module")
def site(settings, new_database) -> Iterator[Application]:
    """An application that really commits, with Alice in it."""
    made = Application(replace(settings, database_url=new_database(), threads=2))
    with made.database.writing() as db:
        users.register(db, username="alice", email=EMAIL, password=PASSWORD)
        db.commit()
    yield made
    made.database.close()


@pytest.fixture
def alice(site) -> int:
    with site.database.reading() as db:
        return users.authenticate(db, "alice", PASSWORD)


@pytest.fixture
def written(site, alice):
    """The entries since the test began, the oldest first."""
    with site.database.reading() as db:
        last = db.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) or 0

    def since() -> list:
        with site.database.reading() as db:
            rows = select(AuditEntry.__table__).where(AuditEntry.id > last).order_by(AuditEntry.id)
            return list(db.execute(rows))

    return since


@pytest.fixture
def ask(site):
    """Sends something from an address with a browser's name and a request's id: gives the status."""

    def send(method: str, path: str, **options) -> int:
        headers = {"User-Agent": "Tester/1", "X-Request-ID": "trail-of-this-test"} | options.pop("headers", {})
        client = Client(site)
        answer = client.open(
            f"/microblog{path}",
            method=method,
            base_url="http://localhost",
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
            headers=headers,
            **options,
        )
        return answer.status_code

    return send


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"alice:{password}".encode()).decode()}


LOGINS = {
    "api": lambda ask, password: ask("POST", "/api/tokens", headers=basic(password)),
    "miniter": lambda ask, password: ask("POST", "/miniter/login", json={"email": EMAIL, "password": password}),
    "ballot": lambda ask, password: ask("POST", "/ballot/auth/login", json={"email": EMAIL, "password": password}),
    "tokenauth": lambda ask, password: ask("POST", "/tokenauth/auth", json={"username": "alice", "password": password}),
}
REFUSED = {"api": 401, "miniter": 401, "ballot": 404, "tokenauth": 401}


@pytest.mark.parametrize("face", LOGINS)
def test_a_program_that_logs_in_is_written_down_and_so_is_one_that_fails(ask, written, alice, face):
    assert LOGINS[face](ask, WRONG) == REFUSED[face]
    assert LOGINS[face](ask, PASSWORD) == 200
    failed, came_in = written()[:2]
    for entry, event in ((failed, "login_failed"), (came_in, "logged_in")):
        assert (entry.event, entry.user_id) == (event, alice)
        assert (entry.face, entry.address, entry.user_agent) == (face, "192.0.2.7", "Tester/1")
        assert entry.request_id == "trail-of-this-test"


def test_somebody_at_a_browser_is_written_down_also_where_the_page_is_refused(site, written, alice):
    client = Client(site)
    where = {"base_url": "http://localhost", "environ_base": {"REMOTE_ADDR": "192.0.2.8"}}
    page = client.get("/microblog/auth/login", **where).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "username": "alice"}
    assert client.post("/microblog/auth/login", data=fields | {"password": WRONG}, **where).status_code == 422
    assert client.post("/microblog/auth/login", data=fields | {"password": PASSWORD}, **where).status_code == 303
    assert [(entry.event, entry.user_id, entry.face, entry.address) for entry in written()] == [
        ("login_failed", alice, "web", "192.0.2.8"),
        ("logged_in", alice, "web", "192.0.2.8"),
    ]


@pytest.mark.parametrize(
    ("path", "face"), [("/miniter/sign-up", "miniter"), ("/ballot/auth/signup", "ballot"), ("/api/users", "api")]
)
def test_whoever_joins_is_written_down_unless_refused(ask, written, path, face):
    person = NEW | {"email": f"{face}@example.org"}
    if face == "ballot":
        del person["profile"]
    if face == "api":
        person = {"username": "susanne", "email": "api@example.org", "password": PASSWORD}
    assert ask("POST", path, json=person) in (200, 201)
    assert ask("POST", path, json=person) in (400, 403, 409)
    assert [(entry.event, entry.face) for entry in written()] == [("registered", face)]


def test_nothing_that_was_typed_is_in_the_trail(ask, written):
    for login in LOGINS.values():
        login(ask, WRONG)
        login(ask, PASSWORD)
    ask("POST", "/miniter/login", json={"email": "typed-secret@x", "password": WRONG})
    kept = repr(written())
    assert "login_failed" in kept
    for typed in (WRONG, PASSWORD, "typed-secret", EMAIL, "$argon2"):
        assert typed not in kept


@pytest.mark.parametrize("agent", ["x" * 9_000, "\x00", "\x1b[2J\x07", "\xff\xfe", "a\x85b", ""])
def test_no_name_of_a_browser_keeps_a_failure_from_being_written(ask, written, agent):
    status = ask("POST", "/miniter/login", json={"email": EMAIL, "password": WRONG}, headers={"User-Agent": agent})
    assert status == 401
    (entry,) = written()
    assert entry.event == "login_failed"
    assert len(entry.user_agent) <= 255


def test_a_trail_is_not_emptied(site):
    for words in ("UPDATE audit_entries SET address = ''", "DELETE FROM audit_entries", "TRUNCATE audit_entries"):
        with site.database.writing() as db, pytest.raises(Exception, match="kept as they are"):
            db.execute(text(words))
    with site.database.reading() as db:
        assert audit.newest(db, event="registered", most=5)
