"""Every answer of every face carries what guards its reader: good ones, refusals, and those that no face gives."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from microblog.app import Application
from microblog.faces.web import refusals
from microblog.framework.response import SECURITY_HEADERS

HSTS = "Strict-Transport-Security"
VALUES = {"username": "alice", "mark": "x", "fingerprint": "0", "name": "css/site.css", "task_id": "x", "token": "x"}
LAST = ("/auth/logout", "/account/delete", "/sessions/<mark>/delete")  # whoever goes there is nobody afterwards


def lacking(app: Application, answer: TestResponse, path: str) -> dict[str, list[str]]:
    """The guards that an answer of a path does not have, has twice, or has otherwise. What programs of any origin may talk to,
    they may also load."""
    wanted = dict(SECURITY_HEADERS)
    if app.urls.face_at(path).is_open:
        wanted["Cross-Origin-Resource-Policy"] = "cross-origin"
    found = {name: answer.headers.getlist(name) for name in wanted}
    return {name: values for name, values in found.items() if values != [wanted[name]]}


def every_path(app: Application, **values: object) -> list[tuple[str, str]]:
    """Each verb of each route, with a path that may lead somewhere."""
    known = VALUES | values
    routes = sorted(app.urls.routes, key=lambda route: route.rule in LAST)
    filled = [
        re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: str(known.get(found[1], 1)), route.rule) for route in routes
    ]
    return [(route.verb, path) for route, path in zip(routes, filled, strict=True)]


@pytest.mark.row("XC-03")
def test_no_face_answers_without_them(app, as_alice, alice, new_browser):
    seen: Counter[tuple[str, int]] = Counter()
    found = {}
    token = as_alice.token("/explore")
    for who in (new_browser(), as_alice):
        for verb, path in every_path(app, user_id=alice.id):
            fields = {"csrf_token": token} if who is as_alice and verb == "POST" else {}
            answer = who.open(path, method=verb, data=fields)
            seen[app.urls.face_at(path).name, answer.status_code] += 1
            if wrong := lacking(app, answer, path):
                found[f"{verb} {path} {answer.status_code}"] = wrong
    assert {face for face, _ in seen} == {face.name for face in app.urls.faces}
    assert {200, 302, 303, 400, 401, 404} <= {status for _, status in seen}
    assert found == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("PUT", "/explore", 405),
        ("OPTIONS", "/explore", 204),
        ("OPTIONS", "/api/posts", 200),
        ("GET", "/explore%00", 400),
        ("GET", "/api/nope", 404),
        ("GET", "/miniter/nope", 404),
        ("GET", "/ballot/nope", 404),
        ("GET", "/tokenauth/nope", 404),
        ("GET", "/lab/nope", 404),
        ("GET", "/static/0/nope.css", 404),
    ],
)
def test_whoever_asks_for_what_is_not_there_is_guarded_too(app, browser, method, path, status):
    answer = browser.open(path, method=method)
    assert answer.status_code == status
    assert lacking(app, answer, path) == {}


def test_an_answer_that_no_face_gives_has_them(app, browser, monkeypatch):
    outside = Client(app).get("/elsewhere")
    assert (outside.status_code, lacking(app, outside, "/")) == (404, {})

    def fail(*_: object) -> None:
        raise RuntimeError("the refusal fails, too")

    monkeypatch.setattr(refusals, "judge", fail)
    answer = browser.get("/nope")
    assert (answer.status_code, answer.text, lacking(app, answer, "/")) == (500, "An unexpected error has occurred.", {})
    for plain in (outside, answer):
        assert plain.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("public_url", "seconds", "wanted"),
    [
        ("https://example.org/microblog", 31_536_000, ["max-age=31536000"]),
        ("https://example.org/microblog", 0, []),
        ("http://localhost/microblog", 31_536_000, []),
    ],
)
def test_browsers_are_told_to_come_by_tls_alone_where_an_operator_says_so(app, settings, public_url, seconds, wanted):
    secured = Application(replace(settings, public_url=public_url, hsts_seconds=seconds))
    secured.database = app.database
    origin = public_url.removesuffix("/microblog")
    for path in ("/auth/login", "/nope", "/explore", "/api/posts", "/miniter/ping", "/livez", "/static/0/css/site.css"):
        answer = Client(secured).get(f"/microblog{path}", base_url=origin)
        assert answer.headers.getlist(HSTS) == wanted, path
    assert Client(secured).get("/elsewhere", base_url=origin).headers.getlist(HSTS) == wanted
