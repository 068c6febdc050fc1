"""No secret stands in the log, whatever happens: as text, as JSON, and in the letter about an error."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg2
import pytest

from microblog import alarm
from microblog import app as door
from microblog.core import access_tokens, checks, passwords, tokens
from microblog.framework import logs
from tests.conftest import PASSWORD, Browser, Person

WRONG, NEW, TYPED = "marked-wrong-password", "marked-new-password", "marked-password-in-the-wrong-field"
RESET, EMAIL, MISSED = "marked-reset-token", "marked-email-token", "marked-token-that-nobody-has"
FORGED = "bWFya2Vk.Zm9yZ2Vk.dG9rZW4"


class Written(logging.Handler):
    """Every line as each kind of log would have it, and what a letter would say of it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.addFilter(logs.Whose())

    def emit(self, record: logging.LogRecord) -> None:
        record.exc_text = None  # where another handler has put a trace in clothes of its own
        self.lines += [logs.TextLine().format(record), logs.JsonLine().format(record), alarm._text(record)]


@pytest.fixture
def written() -> Iterator[Written]:
    handler, root = Written(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@dataclass
class Held:
    """What somebody who is logged in everywhere holds, and the forms that lie open before them and before a stranger."""

    person: Person
    browser: Browser
    stranger: Browser
    form: str
    strangers_form: str
    api: str = ""
    jwts: dict[str, str] = field(default_factory=dict)

    def secrets(self, app) -> set[str]:
        cookies = [cookie.value for each in (self.browser, self.stranger) for cookie in each._cookies.values()]
        opened = {app.cookies.session_seal.open(value) for value in cookies} - {None}
        mine = {self.api, *self.jwts.values(), self.form, self.strangers_form, *cookies, *opened}
        typed = {
            PASSWORD,
            WRONG,
            NEW,
            TYPED,
            RESET,
            EMAIL,
            MISSED,
            FORGED,
            basic(self.person, PASSWORD),
            basic(self.person, WRONG),
        }
        assert all(len(secret) > 8 for secret in mine | typed)
        assert opened
        return mine | typed | {*app.config.secret_keys, app.database.url.password or "$argon2", "$argon2"}


def basic(person: Person, password: str) -> str:
    return b64encode(f"{person.username}:{password}".encode()).decode()


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | headers


@pytest.fixture
def held(app, db, alice, new_browser, having) -> Held:
    browser, stranger = new_browser(), new_browser()
    browser.log_in(alice)
    tokens.issue(db, RESET, alice.id, "reset", tokens.RESET_LIVES)
    tokens.issue(db, EMAIL, alice.id, "email", tokens.EMAIL_LIVES, email="ann@example.org")
    db.commit()
    found = Held(alice, browser, stranger, browser.token("/explore"), stranger.token("/auth/register"))
    program = new_browser()
    mine = {"email": alice.email, "password": PASSWORD}
    found.api = program.post("/api/tokens", headers={"Authorization": f"Basic {basic(alice, PASSWORD)}"}).json["token"]
    found.jwts = {
        "miniter": program.post("/miniter/login", json=mine).json["access_token"],
        "ballot": program.post("/ballot/auth/login", json=mine).text,
        "tokenauth": program.post("/tokenauth/auth", json=mine).json["token"],
    }
    return found


def everything(held: Held) -> Iterator[tuple[str, int]]:
    """All that is done with secrets, right and wrong: what, and the status of its answer."""

    def ask(who: Browser, verb: str, path: str, **options) -> tuple[str, int]:
        return f"{verb} {path}", who.open(path, method=verb, **options).status_code

    def send(who: Browser, path: str, **fields: str) -> tuple[str, int]:
        token = held.form if who is held.browser else held.strangers_form
        return ask(who, "POST", path, data={"csrf_token": token, **fields})

    me, stranger, alice = held.browser, held.stranger, held.person
    for name, password in ((alice.username, WRONG), (TYPED, WRONG), (TYPED, TYPED)):
        yield send(stranger, "/auth/login", username=name, password=password)
    yield ask(stranger, "POST", "/auth/login", data={"csrf_token": "old", "username": "x", "password": PASSWORD})
    yield send(stranger, "/auth/register", username="susan", email="susan@example.org", password=NEW, password2=NEW)
    yield send(me, "/account/confirm", password=WRONG)
    yield send(me, "/account/password", old_password=WRONG, password=NEW, password2=NEW)
    yield send(me, "/account/password", old_password=PASSWORD, password=NEW, password2=WRONG)
    for path in (
        f"/auth/reset_password/{RESET}",
        f"/auth/email/{EMAIL}",
        f"/auth/reset_password/{MISSED}",
        f"/auth/email/{MISSED}",
    ):
        yield ask(stranger, "GET", path)
        yield send(stranger, path, password=NEW, password2=WRONG)
    program = stranger
    for word in (basic(alice, WRONG), basic(alice, PASSWORD), WRONG):
        yield ask(program, "POST", "/api/tokens", headers={"Authorization": f"Basic {word}"})
    for token in (held.api, FORGED, WRONG):
        yield ask(program, "GET", "/api/notifications", headers=bearer(token))
        yield ask(
            program, "POST", "/api/posts", headers=bearer(token), data=f'{{"body": "{WRONG}', content_type="application/json"
        )
    yield ask(program, "POST", "/api/users", json={"username": "dora", "email": "dora@example.org", "password": NEW})
    for path in ("/miniter/login", "/ballot/auth/login", "/tokenauth/auth"):
        for password in (WRONG, PASSWORD):
            yield ask(program, "POST", path, json={"email": alice.email, "password": password})
        yield ask(program, "POST", path, data=f'{{"password": "{WRONG}"', content_type="application/json")
    yield ask(program, "POST", "/miniter/sign-up", json={"name": "D", "email": "d@example.org", "profile": "", "password": NEW})
    yield ask(program, "POST", "/ballot/auth/signup", json={"name": "E", "email": "e@example.org", "password": NEW})
    for face, path in (("miniter", "/miniter/timeline"), ("ballot", "/ballot/auth/token"), ("tokenauth", "/tokenauth/secret")):
        for token in (held.jwts[face], held.jwts[face][:-3] + "AAA", FORGED):
            yield ask(program, "GET", path, headers=bearer(token, uid=str(alice.id)))
            yield ask(program, "GET", f"{path}?token={token}&password={WRONG}")


def boom(*_: object, **__: object) -> None:
    raise RuntimeError("boom")


def explode(app, monkeypatch) -> None:
    """Whatever looks at a secret finds something that nobody foresaw."""
    for module, names in (
        (passwords, ("fits", "hashed")),
        (access_tokens, ("holder", "holder_of_jwt")),
        (tokens, ("look", "redeem")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, boom)


def go_away(app, monkeypatch) -> None:
    def away(*_: object) -> None:
        raise psycopg2.OperationalError("gone")

    monkeypatch.setattr(door, "PAUSES_WHILE_AWAY", ())
    for name in ("reading", "writing"):
        monkeypatch.setattr(app.database, name, away)


def refuse_rows(app, monkeypatch) -> None:
    """What core lets pass does not fit the table; Postgres quotes the row, with the hash in it."""
    monkeypatch.setattr(checks.Checks, "email", lambda *_: "x")


def do_nothing(app, monkeypatch) -> None:
    pass


@pytest.mark.row("XC-05", "MT-07.4")
@pytest.mark.parametrize(
    ("trouble", "status", "least", "words"),
    [
        (do_nothing, 500, 0, ""),
        (explode, 500, 20, "RuntimeError: boom"),
        (go_away, 503, 30, "OperationalError"),
        (refuse_rows, 409, 4, "CheckViolation"),
    ],
)
def test_no_secret_is_written_down(app, held, written, monkeypatch, trouble, status, least, words):
    secrets = held.secrets(app)
    trouble(app, monkeypatch)
    written.lines.clear()
    found = [answer for answer in everything(held) if answer[1] == status]
    secrets |= held.secrets(app)
    if least:
        assert len(found) >= least, found
        assert words in "\n".join(written.lines)
    else:
        assert found == []
    leaks = [(secret, line) for line in written.lines for secret in secrets if secret in line]
    assert leaks == []


def test_the_judge_sees_a_secret(written):
    logging.getLogger("tests").warning("the password is %s", WRONG)
    assert [WRONG in line for line in written.lines] == [True] * 3
