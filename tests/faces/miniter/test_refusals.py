"""How miniter says no."""

import psycopg2
import pytest
from sqlalchemy import exc

from microblog.core import posts, timelines


def says_json(answer, status: int) -> str:
    """The reason in a refusal of this face."""
    assert (answer.status_code, answer.mimetype, list(answer.json)) == (status, "application/json", ["error"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json["error"]


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize("path", ["/sign-up", "/login", "/tweet", "/follow", "/unfollow"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"null", b"5", b'{"a": NaN}', b'{"a":1,"a":2}', b"\xff", b"[" * 5_000, b'{"tweet": "\\u0000"}'],
)
def test_a_body_that_is_no_object_of_json_is_a_400(as_alice, said, path, body):
    assert says_json(as_alice.post(path, data=body, content_type="application/json"), 400)
    assert said() == []


@pytest.mark.parametrize("path", ["/sign-up", "/login", "/tweet", "/follow", "/unfollow"])
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_that_does_not_say_it_is_json_is_a_415(as_alice, said, path, kind):
    assert says_json(as_alice.post(path, data=b'{"tweet": "x"}', content_type=kind), 415)
    assert said() == []


def test_a_body_beyond_the_limit_is_a_413(as_alice, said):
    assert says_json(as_alice.send("/tweet", tweet="x" * 70_000), 413)
    assert said() == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/ping", {"GET", "HEAD", "OPTIONS"}),
        ("/sign-up", {"POST", "OPTIONS"}),
        ("/login", {"POST", "OPTIONS"}),
        ("/tweet", {"POST", "OPTIONS"}),
        ("/follow", {"POST", "OPTIONS"}),
        ("/unfollow", {"POST", "OPTIONS"}),
        ("/timeline", {"GET", "HEAD", "OPTIONS"}),
        ("/timeline/1", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_other_methods_are_a_405_that_says_which_are_taken(stranger, path, allowed):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "BREW"):
        if method not in allowed:
            answer = stranger.open(path, method=method)
            assert says_json(answer, 405)
            assert set(answer.headers["Allow"].split(", ")) == allowed
    if "HEAD" not in allowed:
        assert stranger.head(path).status_code == 405


@pytest.mark.row("MN-20")
@pytest.mark.parametrize(("path", "method"), [("/sign-up", "POST"), ("/tweet", "POST"), ("/timeline/1", "GET")])
def test_a_page_of_another_origin_may_send_a_token_and_json(stranger, path, method):
    asked = {
        "Origin": "http://localhost:8000",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = stranger.options(path, headers=asked)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(header in allowed for header in ("authorization", "content-type"))
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["", "/", "/nope", "/ping/", "/tweet/1", "/Timeline"])
def test_what_is_not_there_is_a_404(stranger, path):
    assert says_json(stranger.get(path), 404)


def test_head_is_get_without_a_body(as_alice):
    for path, kind in (("/ping", "text/html; charset=utf-8"), ("/timeline", "application/json")):
        answer = as_alice.head(path)
        assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, b"", kind)
        assert answer.headers["Content-Length"] == as_alice.get(path).headers["Content-Length"]


def test_what_nobody_foresaw_is_a_500_without_detail_and_stores_nothing(as_alice, said, monkeypatch, caplog):
    real = posts.publish

    def publish_and_fail(*words, **more):
        real(*words, **more)
        raise RuntimeError("after the write")

    monkeypatch.setattr(posts, "publish", publish_and_fail)
    assert "RuntimeError" not in says_json(as_alice.send("/tweet", tweet="perhaps"), 500)
    assert "after the write" in caplog.text
    assert said() == []


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_again(as_alice, monkeypatch):
    def away(*_words, **_more):
        raise exc.OperationalError("SELECT", {}, psycopg2.OperationalError("it"))

    monkeypatch.setattr(timelines.followed, "page", away)
    monkeypatch.setattr("time.sleep", lambda _: None)
    answer = as_alice.get("/timeline")
    assert says_json(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert as_alice.get("/ping").text == "pong"


def test_bytes_that_are_no_text_are_a_400(stranger, alice):
    assert says_json(stranger.get(f"/timeline/{alice.id}?page=%ff"), 400)


def test_reasons_are_said_in_the_language_that_is_asked_for(stranger):
    answer = stranger.post("/login", json={}, headers={"Accept-Language": "es"})
    assert says_json(answer, 400).startswith("email: ")
    assert "This field is required" not in answer.json["error"]
