"""How the ballot says no: in Korean, as text, to pages of any origin."""

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError

ORIGIN = {"Origin": "http://front.example"}


def said(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, answer.text


@pytest.mark.row("VT-10")
def test_there_is_nothing_at_other_addresses(program):
    assert said(program.get("/nothing")) == (404, "요청한 주소를 찾을 수 없습니다")
    assert said(program.get("/candidates/")) == (404, "요청한 주소를 찾을 수 없습니다")
    assert said(program.get("")) == (404, "요청한 주소를 찾을 수 없습니다")


@pytest.mark.row("VT-D5")
@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/candidates", "POST", "GET, HEAD, OPTIONS"),
        ("/auth/token", "DELETE", "GET, HEAD, OPTIONS"),
        ("/auth/login", "GET", "OPTIONS, POST"),
        ("/auth/signup", "GET", "OPTIONS, POST"),
        ("/vote", "GET", "OPTIONS, POST"),
    ],
)
def test_other_methods_are_told_the_right_ones(program, path, method, allowed):
    answer = program.open(path, method=method)
    assert said(answer) == (405, "허용되지 않는 요청 방식입니다")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/auth/login", "/auth/signup"])
def test_a_body_that_is_too_large_is_not_read(program, path):
    assert said(program.post(path, data=b"x" * 65_537)) == (413, "요청 본문이 너무 큽니다")


def test_head_says_as_much_as_get_and_shows_nothing(program):
    answer = program.head("/candidates")
    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, b"", "application/json")
    assert int(answer.headers["Content-Length"]) > 100


@pytest.mark.row("VT-06")
@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/auth/signup", "OPTIONS, POST"),
        ("/auth/login", "OPTIONS, POST"),
        ("/auth/token", "GET, HEAD, OPTIONS"),
        ("/candidates", "GET, HEAD, OPTIONS"),
        ("/vote", "OPTIONS, POST"),
    ],
)
def test_a_browser_that_asks_before_is_told_that_it_may(program, path, methods):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    answer = program.options(path, headers=ORIGIN | asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == methods
    allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"content-type", "authorization"} <= allowed


@pytest.mark.row("VT-06")
def test_pages_of_other_origins_may_read_every_answer(program, as_alice, new_program):
    stranger = new_program()
    answers = {
        200: as_alice.get("/candidates", headers=ORIGIN),
        201: program.sign_up(),
        400: stranger.post("/auth/login", data="x", headers=ORIGIN),
        401: stranger.post("/vote?id=1", headers=ORIGIN),
        403: program.sign_up(),
        404: as_alice.post("/vote?id=99", headers=ORIGIN),
        405: stranger.get("/vote?id=1", headers=ORIGIN),
        413: stranger.post("/auth/login", data=b"x" * 70_000, headers=ORIGIN),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.row("VT-D12")
def test_what_nobody_foresaw_is_told_to_the_log_and_not_to_the_caller(program, monkeypatch, caplog):
    def fail(_db: object) -> None:
        raise RuntimeError("the inside of the house")

    monkeypatch.setattr("microblog.core.ballots.standing", fail)
    answer = program.get("/candidates")
    assert said(answer) == (500, "서버에 오류가 발생했습니다")
    assert "the inside of the house" in caplog.text
    assert "Traceback" in caplog.text


def test_a_database_that_is_away_is_worth_another_try_later(program, monkeypatch):
    def fail(_db: object) -> None:
        raise OperationalError("SELECT", {}, psycopg2.OperationalError("gone"))

    monkeypatch.setattr("microblog.core.ballots.standing", fail)
    monkeypatch.setattr("microblog.app.PAUSES_WHILE_AWAY", ())
    answer = program.get("/candidates")
    assert said(answer) == (503, "지금은 응답할 수 없습니다. 잠시 후 다시 시도해 주세요")
    assert answer.headers["Retry-After"] == "5"


def test_control_characters_in_the_address_are_refused(program):
    assert said(program.get("/candidates%01")) == (400, "올바른 요청 형식이 아닙니다")
