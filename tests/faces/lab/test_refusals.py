"""How the laboratory says no: in a line of text."""

import pytest

from microblog.faces.lab import worlds


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/14/", 404), ("POST", "/1/", 405), ("BREW", "/1/", 405)])
def test_a_refusal_is_text(curl, method, path, status):
    answer = curl.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert answer.text


def test_head_and_options_answer(curl):
    assert (curl.head("/1/").status_code, curl.head("/1/").data) == (200, b"")
    assert curl.options("/1/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_what_nobody_foresaw_is_a_500_that_shows_nothing(curl, app, monkeypatch):
    def broken(*_words: object) -> None:
        raise RuntimeError("secret")

    route = next(route for route in app.urls.routes if route.handler is worlds.index)
    monkeypatch.setattr(route, "handler", broken)
    for each in app.urls.routes:
        if each.rule == route.rule and each.verb == "GET":
            monkeypatch.setattr(each, "handler", broken)
    answer = curl.get("/1/")
    assert (answer.status_code, answer.mimetype, "secret" in answer.text) == (500, "text/plain", False)
