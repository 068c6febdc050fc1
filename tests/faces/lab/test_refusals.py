"""How the laboratory says no: in a line of text, which tells exactly what could not be read."""

import psycopg2
import pytest
from sqlalchemy import exc

from microblog.core import counters

TEXT = "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/14/", 404, "There is no page at this address, or it is not there any more."),
        ("POST", "/1/", 405, "This address does not take requests of that kind."),
        ("BREW", "/1/", 405, "This address does not take requests of that kind."),
        ("GET", "/6/?name=%FF", 400, "The text is not valid UTF-8, or there are too many fields."),
    ],
)
def test_a_refusal_is_a_line_of_text(curl, method, path, status, words):
    answer = curl.open(path, method=method, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type, answer.text) == (status, TEXT, words)
    assert ("Allow" in answer.headers) == (status == 405)


def test_head_and_options_answer(curl):
    assert (curl.head("/1/").status_code, curl.head("/1/").data) == (200, b"")
    assert curl.options("/1/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_without_postgres_counting_waits_and_the_rest_goes_on(curl, monkeypatch):
    def away(*_: object) -> None:
        raise exc.OperationalError("INSERT", {}, psycopg2.OperationalError("server closed the connection"))

    monkeypatch.setattr(counters, "increase", away)
    answer = curl.post("/13/increase")
    assert (answer.status_code, answer.content_type) == (503, TEXT)
    assert answer.headers["Retry-After"] == "5"
    assert curl.get("/1/").status_code == 200


def test_what_nobody_foresaw_is_a_500_with_a_number_and_no_detail(curl, monkeypatch, caplog):
    monkeypatch.setattr(counters, "increase", lambda *_: 1 / 0)
    answer = curl.get("/13/increase", headers={"X-Request-ID": "abc-123-def"})
    assert (answer.status_code, answer.content_type) == (500, TEXT)
    assert answer.text == "The administrator has been notified. Sorry for the inconvenience! [abc-123-def]"
    assert "ZeroDivisionError" in caplog.text
