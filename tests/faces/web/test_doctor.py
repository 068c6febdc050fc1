"""What the doctor is told, and that nobody else is told anything."""

import time

import pytest

from microblog import __version__, migrations
from microblog.faces.web.doctor import MARK, digests
from microblog.framework.knocks import HEADER, Knocks


@pytest.fixture
def knocks(app) -> Knocks:
    return Knocks(app.config.secret_keys)


def test_who_holds_the_secret_is_told_what_arrived(app, browser, knocks):
    knock = knocks.make(time.time())
    headers = {HEADER: knock, "X-Forwarded-For": "203.0.113.9", "Proxy": "evil"}
    answer = browser.get("/doctor", headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    told = answer.json
    assert answer.status_code == 200
    assert knocks.is_answer(told["answer"], knock)
    assert (told["version"], told["needs_schema"]) == (__version__, migrations.head())
    assert told["static"] == app.assets.fingerprint
    assert told["saw"]["host"] == "localhost"
    assert (told["saw"]["script_name"], told["saw"]["path"]) == ("/microblog", "/doctor")
    assert told["saw"]["address"] == "127.0.0.1"
    assert told["saw"]["headers"] == {"X_FORWARDED_FOR": "203.0.113.9", "PROXY": "evil"}
    assert told["database"]["schema"] == migrations.head()
    assert answer.headers["Cache-Control"] == "no-store"


def test_how_much_of_a_body_has_arrived_is_told(browser, knocks):
    answer = browser.post("/doctor", data=b"x" * 20_000, headers={HEADER: knocks.make(time.time())})
    assert answer.json["saw"]["body"] == {"length": 20_000}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_for_everybody_else_there_is_no_such_page(browser, knocks, method, counted):
    old, foreign = knocks.make(time.time() - 61), Knocks(["another key"]).make(time.time())
    for headers in ({}, {HEADER: ""}, {HEADER: "x"}, {HEADER: old}, {HEADER: foreign}):
        with counted() as statements:
            answer = browser.open("/doctor", method=method, headers=headers)
        assert answer.status_code == 404
        assert "alembic" not in answer.text
        assert statements == []


def test_no_secret_is_told(app, browser, knocks, having):
    having(mail_password="hidden-1", metrics_token="hidden-2", translator_key="hidden-3")
    text = browser.get("/doctor", headers={HEADER: knocks.make(time.time())}).text
    assert "hidden" not in text
    assert all(key not in text for key in app.config.secret_keys)
    assert app.config.database_url not in text


def test_a_setting_that_differs_has_another_digest_and_a_key_that_differs_another_for_all(app, having):
    ours = digests(app.config, "a key")
    having(post_length=17)
    theirs = digests(app.config, "a key")
    assert {name for name in ours if ours[name] != theirs[name]} == {"post_length"}
    assert not set(ours.values()) & set(digests(app.config, "another").values())
    assert MARK in ours


def test_a_database_that_is_away_is_told_as_such(app, browser, knocks, monkeypatch):
    from microblog.framework.database import Database

    monkeypatch.setattr(app, "database", Database("postgresql://nobody@127.0.0.1:9/nothing", connections=1))
    answer = browser.get("/doctor", headers={HEADER: knocks.make(time.time())})
    assert (answer.status_code, answer.json["database"]) == (200, None)


def test_whether_logs_can_be_written_is_told(browser, knocks, having, tmp_path):
    having(log_dir=tmp_path / "not" / "yet", log_to_stdout=False)
    told = browser.get("/doctor", headers={HEADER: knocks.make(time.time())}).json["logs"]
    assert told["writable"]
    assert told["free"] > 0
    having(log_to_stdout=True)
    assert browser.get("/doctor", headers={HEADER: knocks.make(time.time())}).json["logs"] is None
