"""Exercises 11 and 12: bare WSGI, called as a server calls it and through the front door."""

import io
import json
import logging

import pytest

from microblog.faces.lab import callables

BAD = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b'"x"',
    b"{}",
    b'{"name": 5}',
    b'{"name": null}',
    b'{"name": "\\ud800"}',
    b"[" * 60_000,
    b"null",
]


def sent_by_a_form(name: str, value: str) -> bytes:
    """What a browser sends for a form of plain text."""
    return f"{name}={value}\r\n".encode()


def call(application, environ):
    """What a server is told: status and headers, and then the body."""
    told = []
    answer = application(environ, lambda status, headers: told.append((status, headers)))
    assert told, "the answer is started before its body is given"
    assert all(isinstance(part, bytes) for part in answer)
    return *told[0], b"".join(answer)


def posted(body: bytes, **environ) -> dict:
    return {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)} | environ


@pytest.mark.row("LB-15", "LB-D1", "LB-D11", "XC-01")
def test_the_first_says_hello_to_a_server():
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": ""}
    status, headers, body = call(callables.wsgi1, environ)
    assert (status, body) == ("200 OK", b"Hello World wsgi1")
    assert headers == [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "17")]


@pytest.mark.row("LB-15", "LB-19", "LB-D11")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_logs_what_it_was_asked_and_writes_nothing_to_stdout(curl, caplog, capsys, method):
    with caplog.at_level(logging.INFO):
        answer = curl.open("/11/", method=method)
    assert (answer.status, answer.mimetype, answer.text) == ("200 OK", "text/html", "Hello World wsgi1")
    assert f"{method} /lab/11/ below /microblog" in caplog.messages
    assert capsys.readouterr().out == ""


@pytest.mark.row("LB-16", "LB-D1")
def test_the_second_reads_what_a_server_hands_it():
    status, headers, body = call(callables.wsgi2, posted('{"name": "종현"}'.encode()))
    assert (status, body.decode()) == ("200 OK", "Hello World 종현")
    assert headers == [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]


@pytest.mark.row("LB-16")
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", None])
@pytest.mark.parametrize("name", ["JongHyun", "종현", "😀", ""])
def test_a_name_is_greeted_whatever_the_body_is_called(curl, kind, name):
    answer = curl.post("/12/", data=json.dumps({"name": name}, ensure_ascii=False).encode(), content_type=kind)
    assert (answer.status_code, answer.text) == (200, f"Hello World {name}")


@pytest.mark.row("LB-16", "LB-D2")
@pytest.mark.parametrize("raw", BAD)
def test_a_body_without_a_name_is_a_400_that_says_why(curl, raw):
    answer = curl.post("/12/", data=raw)
    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert answer.text.endswith(".")


@pytest.mark.row("LB-D2")
def test_it_reads_no_further_than_it_is_told():
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            assert 0 <= size <= callables.MOST + 1, "to read on would be to wait for ever"
            return b" " * size

    for length in ("", "0", "x", "-5", "9" * 30):
        status, _, _ = call(callables.wsgi2, posted(b"", CONTENT_LENGTH=length, **{"wsgi.input": Endless()}))
        assert status == "400 Bad Request", length
    for more in ({"CONTENT_LENGTH": "9000000000"}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}):
        status, _, _ = call(callables.wsgi2, posted(b"", **{"wsgi.input": Endless(), **more}))
        assert status == "413 Content Too Large"


@pytest.mark.row("LB-16")
def test_a_body_whose_end_the_server_knows_needs_no_length():
    environ = posted(b'{"name": "x"}', **{"CONTENT_LENGTH": "", "wsgi.input_terminated": True})
    assert call(callables.wsgi2, environ)[2] == b"Hello World x"


@pytest.mark.row("LB-D2")
def test_a_body_that_is_too_large_is_a_413(curl):
    body = json.dumps({"name": "x" * (callables.MOST - 12)})
    assert len(body) == callables.MOST
    assert curl.post("/12/", data=body).status_code == 200
    answer = curl.post("/12/", data=body + " ")
    assert (answer.status_code, answer.text) == (413, "At most 65536 bytes, please.")


@pytest.mark.row("LB-D3")
def test_a_name_stays_a_name(curl):
    answer = curl.post("/12/", json={"name": "<script>"})
    assert (answer.text, answer.mimetype) == ("Hello World <script>", "text/plain")


def test_the_second_takes_post_alone(curl):
    answer = curl.get("/12/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
