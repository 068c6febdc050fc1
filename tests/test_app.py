"""The front door keeps its order: match, identify, guard, handle, commit; and refuses in the face's own voice."""

import io
import json
import logging
from dataclasses import replace
from types import SimpleNamespace

import psycopg2.errors
import pytest
from sqlalchemy import exc, func, select

from microblog.app import Application
from microblog.core import timelines
from microblog.framework import logs, stopwatch
from microblog.models import Post

from .conftest import Browser


def environ(path="/microblog/auth/login", method="GET", **more):
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    } | more


def call(app, given):
    answer = {}
    body = b"".join(app(given, lambda status, headers, *_: answer.update(status=int(status[:3]), headers=dict(headers))))
    return answer["status"], answer["headers"], body


@pytest.mark.row("XC-01")
def test_it_is_a_wsgi_callable_by_the_letter(app):
    from wsgiref.validate import validator

    given = environ()
    answer = {}
    result = validator(app)(given, lambda status, headers, *_: answer.update(status=status) or (lambda _: None))
    try:
        assert b"".join(result).startswith(b"<!doctype html>")
    finally:
        result.close()
    assert answer["status"] == "200 OK"


@pytest.mark.row("XC-02")
@pytest.mark.parametrize(
    ("script_name", "path", "status"),
    [
        ("/microblog", "/auth/login", 200),
        ("", "/microblog/auth/login", 200),
        ("/microblog", "", 302),
        ("", "/microblog", 302),
        ("", "/", 404),
        ("", "/microblogx/auth/login", 404),
        ("/other", "/auth/login", 404),
    ],
)
def test_it_answers_below_its_mount_whoever_cut_the_prefix_and_nowhere_else(app, script_name, path, status):
    assert call(app, environ(path, SCRIPT_NAME=script_name))[0] == status


@pytest.mark.row("MT-07.1")
@pytest.mark.parametrize(
    "path", ["/nope", "/user/", "/post/0", "/post/abc", "/post/99999999999999999999", "/post/٣", "/user/a%2Fb"]
)
def test_what_is_not_there_is_a_404_in_the_sites_clothes(as_alice, path):
    answer = as_alice.get(path)
    assert answer.status_code == 404
    assert "<nav" in answer.text
    assert "File Not Found" in answer.text
    assert "Back" in answer.text


@pytest.mark.parametrize("raw", [b"/\xff", b"/a\r\nSet-Cookie:x=1", b"/\x00", b"/\xed\xa0\x80", b"/user/\x7f"])
def test_a_path_of_bad_bytes_is_a_400_and_never_a_500(app, raw):
    status, headers, _ = call(app, environ("/microblog" + raw.decode("latin-1")))
    assert status == 400
    assert "Set-Cookie" not in headers or "x=1" not in headers["Set-Cookie"]


@pytest.mark.row("MT-03.5")
def test_a_method_that_is_not_offered_is_a_405_that_says_what_is(as_alice):
    answer = as_alice.post("/explore")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert as_alice.open("/explore", method="BREW").status_code == 405


def test_head_is_get_without_a_body_and_options_names_the_methods(as_alice):
    head = as_alice.head("/explore")
    assert (head.status_code, head.data) == (200, b"")
    options = as_alice.options("/")
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert as_alice.options("/nope").status_code in (204, 404)


def test_a_body_beyond_the_limit_is_a_413(as_alice):
    answer = as_alice.post("/", data={"post": "x" * 70_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_a_body_of_another_kind_is_a_415(as_alice, kind):
    assert as_alice.post("/", data=b"{}", content_type=kind).status_code == 415


@pytest.mark.row("MT-07.2", "TK-15")
def test_what_nobody_foresaw_is_a_500_with_a_number_and_no_detail(as_alice, monkeypatch, caplog):
    monkeypatch.setattr(timelines.everybody, "page", lambda *_, **__: 1 / 0)
    answer = as_alice.get("/explore", headers={"X-Request-ID": "abc-123-def"})
    assert answer.status_code == 500
    assert "An unexpected error has occurred" in answer.text
    assert "The administrator has been notified. Sorry for the inconvenience!" in answer.text
    assert "abc-123-def" in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert caplog.records[-1].request_id == "abc-123-def"


@pytest.mark.row("MT-07.3", "MT-04.11")
def test_an_error_after_a_write_leaves_nothing_behind_and_hurts_nobody_later(as_alice, db, monkeypatch):
    from microblog.faces.web import posts as handlers

    real = handlers.posts.publish

    def publish_and_fail(*words, **more):
        real(*words, **more)
        raise RuntimeError("after the write")

    monkeypatch.setattr(handlers.posts, "publish", publish_and_fail)
    assert as_alice.send("/", post="lost").status_code == 500
    monkeypatch.undo()
    assert db.scalar(select(func.count()).select_from(Post)) == 0
    assert as_alice.send("/", post="kept").status_code == 303
    assert db.scalar(select(Post.body)) == "kept"


def test_a_commit_that_fails_is_a_refusal_and_no_lying_success(as_alice, app, monkeypatch):
    from microblog.framework.request import Request

    def fail(_request):
        raise exc.OperationalError("COMMIT", {}, psycopg2.OperationalError("server closed the connection"))

    token = as_alice.token("/explore")
    monkeypatch.setattr(Request, "commit", fail)
    answer = as_alice.post("/", data={"csrf_token": token, "post": "perhaps"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "location" not in answer.headers
    assert "perhaps</textarea>" in answer.text


def failing(times, error, monkeypatch):
    """Let reading everybody's posts fail so often; gives the list of calls."""
    real, calls = timelines.everybody.page, []

    def page(*words, **more):
        calls.append(words)
        if len(calls) <= times:
            raise error
        return real(*words, **more)

    monkeypatch.setattr(timelines.everybody, "page", page)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return calls


def operational(kind, text="it"):
    return exc.OperationalError("SELECT", {}, kind(text))


def test_reading_is_tried_again_while_the_database_comes_back(as_alice, monkeypatch):
    calls = failing(2, operational(psycopg2.OperationalError), monkeypatch)
    assert as_alice.get("/explore").status_code == 200
    assert len(calls) == 3


@pytest.mark.row("MT-D11")
def test_a_database_that_stays_away_is_a_503_on_a_page_that_needs_none(as_alice, monkeypatch):
    failing(99, operational(psycopg2.OperationalError), monkeypatch)
    answer = as_alice.get("/explore")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Just a moment" in answer.text


def test_an_empty_pool_is_a_503(as_alice, monkeypatch):
    failing(99, exc.TimeoutError("QueuePool limit reached"), monkeypatch)
    assert as_alice.get("/explore").status_code == 503


def test_a_database_that_lets_each_try_wait_is_not_waited_for_again_and_again(as_alice, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    calls = failing(99, exc.TimeoutError("QueuePool limit reached"), monkeypatch)
    fail = timelines.everybody.page

    def wait_and_fail(*words, **more):
        clock[0] += 2.0  # as the pool and the driver wait for a connection
        return fail(*words, **more)

    monkeypatch.setattr(timelines.everybody, "page", wait_and_fail)
    assert as_alice.get("/explore").status_code == 503
    assert len(calls) == 2


def test_a_collision_is_tried_three_times_and_then_a_503(as_alice, monkeypatch):
    class Deadlock(psycopg2.OperationalError):
        pgcode = "40P01"

    calls = failing(2, operational(Deadlock), monkeypatch)
    assert as_alice.get("/explore").status_code == 200
    calls = failing(99, operational(Deadlock), monkeypatch)
    assert as_alice.get("/explore").status_code == 503
    assert len(calls) == 3


def test_production_speaks_for_its_own_host_alone(app, having):
    having(environment="production")
    assert call(app, environ(HTTP_HOST="localhost"))[0] == 200
    assert call(app, environ(HTTP_HOST="localhost:80"))[0] == 200
    for host in ("evil.test", "localhost@evil.test", "localhost.evil.test", "localhost:8080", ""):
        assert call(app, environ(HTTP_HOST=host))[0] == 421
        assert call(app, environ("/microblog/nope", HTTP_HOST=host))[0] == 421
    assert call(app, environ("/microblog/livez", HTTP_HOST="10.0.0.1"))[0] == 200


@pytest.mark.row("MT-D18")
def test_what_the_request_says_of_its_host_and_scheme_makes_no_link(app):
    lies = {
        "HTTP_HOST": "evil.test",
        "HTTP_X_FORWARDED_HOST": "evil.test",
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "https",
    }
    for path in ("/microblog/", "/microblog//explore", "/microblog/auth/login"):
        _, headers, body = call(app, environ(path, **lies))
        assert "evil.test" not in str(headers)
        assert b"evil.test" not in body
        assert "Secure" not in headers.get("Set-Cookie", "")


def test_every_page_says_that_nothing_may_be_kept_framed_or_run_inline(as_alice):
    for path in ("/", "/explore", "/nope", "/auth/login"):
        headers = as_alice.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-ID"]


@pytest.mark.row("XC-08", "MT-15.3")
def test_two_applications_in_one_process_share_nothing(app, settings):
    from dataclasses import replace

    from microblog.app import Application

    other = Application(replace(settings, public_url="https://example.org/elsewhere"))
    assert call(other, environ("/elsewhere/auth/login"))[0] == 200
    assert call(other, environ("/microblog/auth/login"))[0] == 404
    assert call(app, environ("/microblog/auth/login"))[0] == 200
    assert "__Secure-mb_" in call(other, environ("/elsewhere/auth/login"))[1]["Set-Cookie"]


@pytest.mark.row("MT-07.8")
def test_the_start_is_written_down(settings, tmp_path, monkeypatch):
    import logging
    from dataclasses import replace

    from microblog import app as door

    root = logging.getLogger()
    before = root.handlers[:]
    try:
        door.create(replace(settings, log_dir=tmp_path, log_to_stdout=False))
        assert "INFO: Microblog startup" in (tmp_path / "microblog.log").read_text()
    finally:
        for handler in set(root.handlers) - set(before):
            handler.close()
        root.handlers[:] = before


def test_each_line_that_is_logged_meanwhile_says_whose_request_it_was_and_a_complaint_what_it_cost(as_alice, alice, monkeypatch):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logs.JsonLine())
    handler.addFilter(logs.Whose())
    logger = logging.getLogger("microblog.tests")
    logger.addHandler(handler)

    def noisy(*arguments, **values):
        logger.warning("Hm.")
        logger.warning("Done.")
        raise ZeroDivisionError

    monkeypatch.setattr(timelines.followed, "page", noisy)
    as_alice.get("/", headers={"X-Request-ID": "abc-123-def"})
    logger.removeHandler(handler)
    logger.warning("Afterwards.")
    first, second = map(json.loads, lines.getvalue().splitlines())
    for line in (first, second):
        assert (line["request_id"], line["user_id"], line["endpoint"]) == ("abc-123-def", alice.id, "web.home.index")
        assert line["statements"] >= 0
        assert line["ms"] >= line["db_ms"] >= 0
    assert stopwatch.marks() == {}


def test_a_request_that_takes_long_is_written_down_without_the_token_in_its_path(browser, monkeypatch, caplog):
    monkeypatch.setattr("microblog.app.SLOW", 0.0)
    with caplog.at_level(logging.WARNING):
        browser.get("/auth/reset_password/a-secret-token")
    (slow,) = [record for record in caplog.records if record.getMessage().startswith("Slow request")]
    assert "/auth/reset_password/…" in slow.getMessage()
    assert "a-secret-token" not in caplog.text


def test_requests_are_counted_by_endpoint_and_never_by_path(app, monkeypatch, browser):
    noted, in_hand = [], []
    meters = SimpleNamespace(
        note=lambda *of: noted.append(of[:4]),
        take=lambda: in_hand.append(1),
        give=lambda: in_hand.append(-1),
    )
    monkeypatch.setattr(app, "meters", meters)
    for path in ("/explore", "/nothing/here", "/livez"):
        browser.get(path)
    browser.open("/auth/login", method="BREW")
    assert noted == [
        ("web.explore.index", "web", "GET", 302),
        ("none", "none", "GET", 404),
        ("none", "none", "other", 405),
    ]
    assert in_hand == [1, -1] * 4


def test_a_request_that_is_handled_once_more_is_counted_by_the_reason(app, monkeypatch, browser):
    reasons, errors = [], [psycopg2.OperationalError(), exc.TimeoutError()]
    meters = SimpleNamespace(note=lambda *of: None, take=lambda: None, give=lambda: None, note_retry=reasons.append)
    monkeypatch.setattr(app, "meters", meters)
    handle = app.handle

    def stumble(request):
        if errors:
            raise errors.pop(0)
        return handle(request)

    monkeypatch.setattr(app, "handle", stumble)
    assert browser.get("/livez").status_code == 200
    assert reasons == ["away", "pool"]


@pytest.mark.row("MT-D13")
def test_where_nothing_can_be_counted_the_site_serves_all_the_same(settings, monkeypatch, tmp_path, caplog):
    (tmp_path / "metrics").write_text("no folder")
    monkeypatch.setenv("MICROBLOG_RUN", str(tmp_path))
    app = Application(replace(settings, metrics_token="a token of thirty-two characters!"))
    assert app.meters is None
    assert "Nothing is counted" in caplog.text
    assert Browser(app).get("/livez").status_code == 200
