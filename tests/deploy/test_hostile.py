"""Requests that no browser would send: foreign hosts, bytes that do not belong there, two meanings in one, ways out of the prefix.

The letters Z10 … name the facts about nginx and uWSGI that design/ground.md has measured.
"""

import re

import pytest

from .installation import Installation
from .visitor import FORM
from .wire import assert_alive, exchange, raw, raw_get, seen_by

# Z10, Z11: hosts that are not ours

HOSTS = (
    "evil.test",
    "evil.test:80",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost:{port}",
    "127.0.0.1:{port}@evil.test",
    "evil.test@127.0.0.1:{port}",
    'a"b.test',
    "<script>",
    "[::1]",
    "evil.test/x",
    "evil.test\\x",
    "127.0.0.1:{port}.evil.test",
    "127.0.0.1:{port}\t evil.test",
    "127.0.0.1:99999999999",
    "한글.test",
    "x" * 4_000,
)


@pytest.mark.row("MT-D18")
@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host[:40])
def test_a_host_that_is_not_ours_is_refused_and_never_repeated(any_site: Installation, host: str):
    host = host.format(port=any_site.port).encode().decode("latin-1")
    for path in ("/", "/auth/login", "/explore", "/auth/login?next=/x"):
        answer = raw_get(any_site, any_site.mount + path, host=host)
        assert answer.status in (400, 421), path
        assert "evil" not in answer.head + answer.body.decode()
        assert answer.header("Location") is None
    for path in ("", "/livez", "/nope", "/static/0/css/site.css", "/static/0/css", "/static/0/none.css"):  # hosts play no part
        answer = raw_get(any_site, any_site.mount + path or "/livez", host=host)
        assert answer.status < 500
        assert "evil" not in answer.head + answer.body.decode()
        assert "://" not in (answer.header("Location") or "")


def test_a_whole_address_as_target_cannot_bring_in_another_host(site: Installation):
    for target, host, statuses in (
        ("http://evil.test/microblog/auth/login", site.host, (200, 400, 421)),
        (f"http://{site.host}/microblog/auth/login", "evil.test", (400, 421)),
        (f"http://{site.host}/microblog/auth/login", site.host, (200,)),
        ("http://evil.test/microblog", site.host, (308, 400, 421)),
        ("evil.test:80/microblog/", site.host, (400,)),
        ("//evil.test/microblog/explore", site.host, (302, 400, 404)),
        ("http://user:word@evil.test/microblog/", site.host, (200, 302, 400, 421)),
    ):
        answer = raw_get(site, target, host=host)
        assert answer.status in statuses, target
        assert "evil" not in answer.head + answer.body.decode(), target


def test_no_host_and_two_hosts_are_refused(site: Installation):
    assert raw_get(site, "/microblog/auth/login", host="").status == 400
    assert raw_get(site, "/microblog/auth/login", "Host: evil.test").status == 400
    assert exchange(site.port, b"GET /microblog/auth/login HTTP/1.0\r\n\r\n").status in (400, 421)


# Z12: bytes that do not belong there


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/user/a%0d%0aSet-Cookie:%20evil=1", (400, 404)),
        ("/%0d%0aLocation:%20http://evil.test/", (400, 404)),
        ("/auth/login?next=/microblog/%0d%0aSet-Cookie:%20evil=1", (200, 400)),
        ("/user/a%00b", (400,)),
        ("/auth/login?next=%00", (200, 400)),
        ("/user/%ff", (400, 404)),
        ("/user/%c0%ae", (400, 404)),
        ("/user/%ed%a0%80", (400, 404)),
        ("/%09", (400, 404)),
        ("/%7f", (400, 404)),
        ("/%", (400,)),
        ("/%zz", (400,)),
        ("/%u0041", (400,)),
        ("/%5cevil.test", (400, 404)),
        ("/%2f%2fevil.test", (400, 404)),
        ("//evil.test/x", (404,)),
        ("/post/1%2f..%2f..", (302, 404)),
        ("/post/99999999999999999999", (404,)),
        ("/post/%D9%A3", (404,)),
        ("/user/" + "a" * 8_000, (400, 404, 414)),
        ("/" + "a/" * 4_000, (404, 414)),
        ("/auth/login?" + "a=1&" * 1_900, (200, 400)),
        ("/auth/login?" + "a" * 9_000, (414,)),
        ("/auth/login;jsessionid=1", (404,)),
        ("/explore#x", (200, 302, 400)),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_hostile_bytes_in_the_address_are_answered_clearly(site: Installation, path: str, statuses: tuple[int, ...]):
    answer = raw_get(site, "/microblog" + path)
    assert answer.status in statuses
    assert answer.header("Location") is None or "evil" not in (answer.header("Location") or "")
    assert not re.search(r"(?im)^set-cookie: *evil", answer.head)


def test_bare_bytes_in_the_request_line_are_no_error_of_ours(site: Installation):
    for target in (
        "/microblog/한글",
        "/microblog/\xff",
        '/microblog/"<>',
        "/microblog/\x01",
        "/microblog/a b",
        "microblog/",
        "*",
        "?",
    ):
        first = f"GET {target} HTTP/1.1".encode().decode("latin-1")
        assert raw(site, first).status in (302, 400, 404), target


def test_double_slashes_are_one(site: Installation):
    assert raw_get(site, "//microblog///auth//login").status == 200
    assert raw_get(site, "/microblog//static//0//css//site.css").status == 200


@pytest.mark.row("MT-03.5")
@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("FOO", "/auth/login", (405,)),
        ("TRACE", "/auth/login", (405,)),
        ("CONNECT", "/auth/login", (400, 405)),
        ("PUT", "/auth/login", (405,)),
        ("DELETE", "/explore", (405,)),
        ("PROPFIND", "/", (405,)),
        ("get", "/auth/login", (400, 405)),
        ("X" * 500, "/auth/login", (400, 405)),
        ("HEAD", "/auth/login", (200,)),
        ("OPTIONS", "/auth/login", (204,)),
        ("PUT", "/static/0/css/site.css", (405,)),
        ("POST", "/static/0/css/site.css", (405,)),
        ("GET", "/auth/logout", (405,)),
        ("GET", "/follow/marta", (405,)),
    ],
)
def test_unknown_methods_are_not_allowed(site: Installation, method: str, path: str, statuses: tuple[int, ...]):
    answer = raw(site, f"{method} /microblog{path} HTTP/1.1")
    assert answer.status in statuses
    if answer.header("X-Request-ID") and answer.status in (204, 405):
        assert answer.header("Allow")
    if method == "HEAD":
        assert answer.body == b""


GET_LIVEZ = "GET /microblog/livez HTTP/1.1"


@pytest.mark.parametrize(
    ("lines", "body", "statuses"),
    [
        (["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n", (400,)),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], "0\r\n\r\nGET /microblog/livez HTTP/1.1\r\n\r\n", (400,)),
        (["Content-Length: 5", "Content-Length: 6"], "aaaaaa", (400,)),
        (["Content-Length: -1"], "", (400,)),
        (["Content-Length: +5"], "aaaaa", (400,)),
        (["Content-Length: 5, 5"], "aaaaa", (400,)),
        (["Content-Length: 0x5"], "aaaaa", (400,)),
        (["Content-Length: 99999999999999999999"], "", (400, 413)),
        (["Transfer-Encoding: chunked"], "zz\r\n", (400,)),
        (["Transfer-Encoding: chunked"], "ffffffffffffffffff\r\n", (400, 413)),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], "0\r\n\r\n", (400, 501)),
        (["Transfer-Encoding: xchunked"], "0\r\n\r\n", (501,)),  # right: it does not know that encoding
        (["Transfer-Encoding: chunked, identity"], "0\r\n\r\n", (400, 501)),
        (["Transfer-Encoding : chunked"], "0\r\n\r\n", (400, 405, 303)),
        (["No colon at all"], "", (400, 303, 405)),
        ([": no name"], "", (400, 303, 405)),
        (["X-Null: a\x00b"], "", (400,)),
        (["X-Folded: a", "  b"], "", (400, 303, 405)),
        (["Expect: 200-maybe"], "", (303, 405, 417)),
        (["Content-Type: multipart/form-data"], "", (303, 400, 405)),
    ],
)
def test_requests_of_two_meanings_are_refused(site: Installation, lines: list[str], body: str, statuses: tuple[int, ...]):
    answer = raw(site, "POST /microblog/auth/login HTTP/1.1", f"Content-Type: {FORM['Content-Type']}", *lines, body=body)
    # a form without its token is also a 400: what matters is that no meaning is guessed and nothing breaks
    assert answer.status in (*statuses, *([400] if 303 in statuses else []))
    assert answer.body.count(b"alive") == 0, "a second request was smuggled in"
    assert_alive(site)


def test_a_request_from_another_age_is_answered_or_refused(site: Installation):
    for first in (
        "GET /microblog/auth/login HTTP/3.0",
        "GET /microblog/auth/login HTTP/1.1x",
        "GET",
        "",
        "PRI * HTTP/2.0",
        "\x16\x03\x01",
    ):
        assert raw(site, first).status in (0, 400, 405, 505), first
    assert exchange(site.port, b"GET /microblog/livez\r\n").status in (0, 400)


# Z13: the prefix is a wall


@pytest.mark.row("XC-02", "LB-18")
@pytest.mark.parametrize(
    "path", ["/../x", "%2f..%2fx", "evil", "/../microblogs/", "/%2e%2e/x", "/..%2fx", "/x/../../x", "%00/", "/."]
)
def test_no_way_of_writing_the_prefix_leads_out_of_it(mirror: Installation, path: str):
    answer = raw_get(mirror, "/microblog" + path)
    if path == "/.":
        assert seen_by(answer)["PATH_INFO"] == "/"
    else:
        assert answer.status in (400, 404)
        assert b"environ" not in answer.body, "the application was asked"


@pytest.mark.parametrize("path", ["/..;/x", "/...", "/x/..", "/%2e/x", "//evil/x", "/a/%2e%2e/x"])
def test_what_only_looks_like_a_way_out_stays_inside(mirror: Installation, path: str):
    seen = seen_by(raw_get(mirror, "/microblog" + path))
    assert seen["SCRIPT_NAME"] == "/microblog"
    assert "/../" not in seen["PATH_INFO"] + "/"


@pytest.mark.parametrize("path", ["//microblog/x", "/x/../microblog/x", "/%6dicroblog/x", "/./microblog/x"])
def test_the_prefix_is_known_however_it_is_written(mirror: Installation, path: str):
    seen = seen_by(raw_get(mirror, path))
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/microblog", "/x")
