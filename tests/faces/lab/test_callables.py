"""Exercises 11 and 12: WSGI with nothing around it."""

import json
import logging

import pytest

from microblog.faces.lab import callables


@pytest.mark.row("LB-15", "LB-19", "LB-D1", "LB-D11")
def test_it_says_hello_and_logs_what_it_was_asked(curl, caplog):
    with caplog.at_level(logging.INFO):
        answer = curl.get("/11/")
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/html", "Hello World wsgi1")
    assert "GET /lab/11/ below /microblog" in caplog.text


@pytest.mark.row("LB-15", "XC-01")
def test_it_starts_the_answer_before_it_gives_the_body():
    begun: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": ""}
    body = callables.wsgi1(environ, lambda status, headers: begun.append(status))
    assert begun == ["200 OK"]
    assert list(body) == [b"Hello World wsgi1"]


@pytest.mark.row("LB-16", "LB-D2")
def test_a_name_in_the_body_is_greeted(curl):
    for name in ("JongHyun", "종현"):
        body = json.dumps({"name": name}, ensure_ascii=False).encode()
        assert curl.post("/12/", data=body).text == f"Hello World {name}"


@pytest.mark.row("LB-16", "LB-D2")
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"{}", b'{"name": 5}', b"\xff", b"[" * 5_000, b'{"name": "\\u0000"}'])
def test_a_body_without_a_name_is_a_400(curl, raw):
    answer = curl.post("/12/", data=raw)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


@pytest.mark.row("LB-D2")
def test_a_body_that_is_too_large_is_a_413(curl):
    assert curl.post("/12/", data=b"x" * 70_000).status_code == 413
