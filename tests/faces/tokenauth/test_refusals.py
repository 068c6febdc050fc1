"""How the token handler says no: JSON of one member, and the statuses of the source."""

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from microblog.faces.tokenauth.creator import TokenCreator

WHOLE = {"username": "alice", "password": "correct horse"}


def said(answer) -> tuple[str, object]:
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    return answer.status, answer.json


@pytest.fixture
def creating(monkeypatch):
    """Makes the creator do something else when a token is asked for."""
    return lambda deed: monkeypatch.setattr(TokenCreator, "create", deed)


@pytest.mark.row("TK-14", "TK-D10")
def test_each_kind_of_no_has_its_status(program, as_alice, creating):
    secret = {"Authorization": "Bearer x", "uid": "1"}
    assert said(program.post("/auth", json={"username": 5, "password": "x"}))[0] == "422 UNPROCESSABLE ENTITY"
    assert said(program.post("/auth", data="{", content_type="application/json"))[0] == "400 BAD REQUEST"
    assert said(program.get("/secret", headers={"uid": "x"}))[0] == "400 BAD REQUEST"
    assert said(program.post("/auth", json=WHOLE | {"password": "x"}))[0] == "401 UNAUTHORIZED"
    assert said(program.get("/secret", headers=secret))[0] == "498 Invalid Token"

    def store_a_name_twice(_creator, db, _uid):
        db.execute(text("INSERT INTO users (username) VALUES ('alice')"))

    creating(store_a_name_twice)
    assert said(program.post("/auth", json=WHOLE)) == ("409 CONFLICT", {"error": "Conflict"})


@pytest.mark.row("TK-15", "TK-14")
def test_what_nobody_foresaw_is_told_to_the_log_and_not_to_the_caller(program, alice, creating, caplog):
    def fail(*_: object) -> None:
        raise RuntimeError("the inside of the house")

    creating(fail)
    answer = program.post("/auth", json=WHOLE)
    assert said(answer) == ("500 INTERNAL SERVER ERROR", {"error": "Internal Server Error"})
    assert "Traceback" in caplog.text
    assert "the inside of the house" in caplog.text


def test_a_database_that_is_away_is_worth_another_try_later(program, alice, creating, monkeypatch):
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, psycopg2.OperationalError("gone"))

    creating(fail)
    monkeypatch.setattr("microblog.app.PAUSES_WHILE_AWAY", ())
    answer = program.post("/auth", json=WHOLE)
    assert said(answer) == ("503 SERVICE UNAVAILABLE", {"error": "Service Unavailable"})
    assert answer.headers["Retry-After"] == "5"


def test_there_is_nothing_at_other_addresses(program):
    assert said(program.get("/nothing")) == ("404 NOT FOUND", {"error": "Not Found"})
    assert said(program.get("")) == ("404 NOT FOUND", {"error": "Not Found"})


@pytest.mark.parametrize(
    ("path", "method", "allowed"), [("/auth", "GET", "OPTIONS, POST"), ("/secret", "POST", "GET, HEAD, OPTIONS")]
)
def test_other_methods_are_told_the_right_ones(program, path, method, allowed):
    answer = program.open(path, method=method)
    assert said(answer) == ("405 METHOD NOT ALLOWED", {"error": "Method Not Allowed"})
    assert answer.headers["Allow"] == allowed
    assert program.options(path).headers["Access-Control-Allow-Methods"] == allowed


def test_a_browser_that_asks_before_may_send_both_headers(program):
    allowed = program.options("/secret", headers={"Origin": "http://front.example"}).headers["Access-Control-Allow-Headers"]
    assert {"authorization", "uid"} <= {name.strip().lower() for name in allowed.split(",")}


def test_a_body_that_is_too_large_or_of_another_kind_is_not_read(program):
    assert said(program.post("/auth", data=b"x" * 65_537, content_type="application/json"))[0].startswith("413 ")
    answer = program.post("/auth", data=b"username=alice", content_type="application/x-www-form-urlencoded")
    assert said(answer) == ("415 UNSUPPORTED MEDIA TYPE", {"error": "Unsupported Media Type"})


@pytest.mark.row("TK-16")
def test_whoever_registers_twice_with_one_address_hears_of_a_conflict(app):
    client = Client(app)
    person = {"name": "Susan", "email": "susan@example.org", "profile": "", "password": "test1234"}
    answers = [client.post("/miniter/sign-up", json=person, base_url="http://localhost/microblog") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
