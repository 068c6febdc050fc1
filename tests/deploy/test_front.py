"""What stands before the application keeps hostile and unlucky requests from it, and lets the others through unharmed.

The letters Z1 … name the facts about nginx and uWSGI that design/ground.md has measured. A mirror in the place of the application
shows what got through; the site itself shows what becomes of it.
"""

import re
import resource
import socket
from collections import Counter
from contextlib import ExitStack

import pytest

from microblog import demo

from .installation import Installation
from .visitor import FORM, Visitor, submission
from .wire import exchange, raw_get, seen_by

FORGED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "https",
    "X-Forwarded-SSL": "on",
    "X-Forwarded-Host": "evil.test",
    "X-Forwarded-Server": "evil.test",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "666",
    "X-Forwarded-For": "203.0.113.66",
    "X-Real-IP": "203.0.113.66",
    "Forwarded": "for=203.0.113.66;host=evil.test;proto=https",
    "Proxy": "http://evil.test/",
    "Script-Name": "/evil",
    "X-Script-Name": "/evil",
    "X-Original-URL": "/evil",
    "X-HTTP-Method-Override": "DELETE",
}


# Z1: what a client says of itself


@pytest.mark.row("MT-17.5", "MT-D18")
def test_headers_a_client_forges_do_not_reach_the_application(mirror: Installation):
    seen = seen_by(mirror.visitor().get("/microblog/x", FORGED))
    assert seen["wsgi.url_scheme"] == "http"
    assert seen["HTTP_X_FORWARDED_PROTO"] == "http"
    assert seen["HTTP_X_FORWARDED_FOR"] == seen["REMOTE_ADDR"] == "127.0.0.1"
    for name in ("X_FORWARDED_SSL", "X_FORWARDED_HOST", "X_FORWARDED_PREFIX", "FORWARDED", "PROXY", "SCRIPT_NAME"):
        assert seen.get(f"HTTP_{name}", "") == "", name
    assert seen["SCRIPT_NAME"] == "/microblog"
    assert seen["SERVER_PORT"] == str(mirror.port)


@pytest.mark.row("MT-07.2")
def test_a_request_gets_its_id_from_nginx_and_not_from_the_client(mirror: Installation, site: Installation):
    seen = seen_by(mirror.visitor().get("/microblog/x", {"X-Request-ID": "the-clients-own"}))
    assert re.fullmatch("[0-9a-f]{32}", seen["HTTP_X_REQUEST_ID"])
    answer = site.visitor().get("/microblog/nope", {"X-Request-ID": "the-clients-own"})
    assert answer.headers["X-Request-ID"] in answer.words


@pytest.mark.row("MT-D18", "MT-D39")
def test_forged_headers_change_neither_links_nor_cookies(any_site: Installation):
    def told(headers: dict[str, str]) -> tuple[list[str], list[str], str]:
        visitor = any_site.visitor()
        page = visitor.get(any_site.mount + "/auth/login", headers)
        sent = submission(page, "Sign In")
        answer = visitor.post(sent.target, sent.fields | {"username": "marta", "password": demo.PASSWORD}, headers)
        assert answer.status == 303
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
        cookies = [
            re.sub(r"=[^;]{40,}|Expires=[^;]+; ", "", cookie)
            for got in (page, answer)
            for cookie in got.headers.get_all("Set-Cookie", [])
        ]
        assert "evil" not in page.text + str(page.headers) + str(answer.headers)
        return links, cookies, answer.headers["Location"]

    links, cookies, location = told(FORGED)
    assert (links, cookies, location) == told({})
    assert location == any_site.mount + "/"
    assert not any("Secure" in cookie for cookie in cookies)
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


@pytest.mark.row("LB-18", "LB-19", "XC-02")
def test_the_application_is_told_the_prefix_apart_from_the_path(mirror: Installation):
    seen = seen_by(mirror.visitor().get("/microblog/user/%ED%95%98%EB%8A%98?a=%2F&b"))
    assert seen["SCRIPT_NAME"] == "/microblog"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/user/하늘"
    assert seen["QUERY_STRING"] == "a=%2F&b"
    assert seen["HTTP_HOST"] == mirror.host, "the port belongs to it"
    assert seen_by(mirror.visitor().get("/microblog/"))["PATH_INFO"] == "/"


# Z2: bodies of unknown length


@pytest.mark.row("LB-16", "XC-09")
@pytest.mark.parametrize("body", ['{"name": "정현 😀"}', "", "x" * 30_000], ids=["korean", "empty", "long"])
def test_a_chunked_body_arrives_whole(mirror: Installation, body: str):
    seen = seen_by(mirror.visitor().request("POST", "/microblog/x", body.encode(), FORM, chunked=True))
    assert seen["body"].encode("latin-1").decode() == body
    assert seen["CONTENT_LENGTH"] == str(len(body.encode()))
    assert seen.get("HTTP_TRANSFER_ENCODING", "") == ""


def test_a_form_sent_in_chunks_is_understood(site: Installation):
    visitor = site.member("marta", 21)
    sent = submission(visitor.open("/"), "Submit")
    answer = visitor.post(sent.target, sent.fields | {"post": "조각조각 보낸 글"}, chunked=True)
    assert answer.status == 303
    assert "조각조각 보낸 글" in visitor.open("/").words


# Z3, Z4, Z20: what other sites of the same host leave in the browser


@pytest.mark.parametrize(("length", "status"), [(3_900, 200), (8_000, 200), (8_300, 400), (60_000, 400)])
def test_fat_cookies_of_another_site_are_borne_or_refused_clearly(site: Installation, length: int, status: int):
    cookie = "theirs=" + "x" * (length - len("theirs="))
    assert raw_get(site, "/microblog/auth/login", f"Cookie: {cookie}").status == status


def test_32_kilobytes_of_headers_are_borne_and_40_are_refused_clearly(mirror: Installation):
    fat = [f"X-Fat-{number}: {'x' * 8_000}" for number in range(5)]
    seen = seen_by(raw_get(mirror, "/microblog/x", *fat[:4]))
    assert [len(seen[f"HTTP_X_FAT_{number}"]) for number in range(4)] == [8_000] * 4
    assert raw_get(mirror, "/microblog/x", *fat).status == 400


def test_somebody_with_fat_cookies_of_another_site_stays_logged_in(site: Installation):
    member = site.member("marta", 22)
    assert member.get("/microblog/explore", {"Cookie": "theirs=" + "x" * 7_500}).status == 200


@pytest.mark.parametrize("line", ["X-Number-{}: something", "x{}:y"], ids=["usual", "shortest"])
def test_600_headers_are_borne_and_2000_are_refused_clearly(site: Installation, line: str):
    for count, status in ((600, 200), (2_000, 400), (5_000, 400)):
        lines = [line.format(number) for number in range(count)]
        assert raw_get(site, "/microblog/auth/login", *lines).status == status, count


@pytest.mark.parametrize(
    "wrap",
    [
        'f="; {}; x="',
        '{}; f="a b; c, d\\',
        "=__Host-sid=bad; nameless; {}; ;;; =",
        "$Version=1; {}; $Path=/",
        "ünïcode=é한; {}; f=\x01\x7f",
        "{0}; {0}",
        "mb_=1; {}; MB_ff=2",
    ],
)
def test_strange_cookies_of_another_site_leave_the_session_alone(site: Installation, wrap: str):
    own = site.member("marta", 23).cookie_header("/microblog/explore")
    header = wrap.format(own).encode().decode("latin-1")
    assert raw_get(site, "/microblog/explore", f"Cookie: {header}").status in ((200,) if "\x01" not in wrap else (200, 400))


def test_two_sessions_under_one_name_count_as_none(site: Installation):
    one, other = (site.member(name, 24).cookie_header("/microblog/explore") for name in ("marta", "marta"))
    assert one != other
    answer = raw_get(site, "/microblog/explore", f"Cookie: {one}; {other}")
    assert answer.status == 302
    assert "/microblog/auth/login" in (answer.header("Location") or "")


# Z5: too much


@pytest.mark.parametrize("length", [65_537, 100_000, 255_000, 262_145, 5_000_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["at-once", "chunked"])
@pytest.mark.parametrize("path", ["/auth/login", "/explore", "/nope", "/static/0/css/site.css"])
def test_a_body_that_is_too_large_is_told_so(site: Installation, length: int, chunked: bool, path: str):
    body = b"username=" + b"x" * (length - 9)
    if chunked:
        framing, body = "Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    else:
        framing = f"Content-Length: {len(body)}"
    head = f"POST /microblog{path} HTTP/1.1\r\nHost: {site.host}\r\nContent-Type: {FORM['Content-Type']}\r\nConnection: close\r\n"
    answer = exchange(site.port, f"{head}{framing}\r\n\r\n".encode() + body)
    if path == "/auth/login" or (length > 262_144 and not path.startswith("/static")):
        assert answer.status == 413
    else:  # who may not post at all is told that first
        assert answer.status in (303, 404, 405, 413)


def test_a_form_just_below_the_limit_is_read(site: Installation):
    visitor = site.visitor()
    sent = submission(visitor.open("/auth/login"), "Sign In")
    fields = sent.fields | {"username": "marta", "password": "x" * 60_000}
    assert visitor.post(sent.target, fields).status == 422


# Z14: one address that takes everything


def slow_connections(site: Installation, stack: ExitStack, count: int, beginning: bytes, address: str) -> list[socket.socket]:
    lines = []
    for _ in range(count):
        line = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 10, source_address=(address, 0)))
        line.sendall(beginning)
        lines.append(line)
    return lines


def test_one_address_that_holds_200_requests_gets_no_more_and_others_are_served(site: Installation):
    head = f"POST /microblog/ HTTP/1.1\r\nHost: {site.host}\r\nContent-Length: 100\r\n\r\n".encode()
    with ExitStack() as stack:
        slow_connections(site, stack, 210, head, "127.0.0.30")
        assert site.visitor(30).get("/microblog/livez").status == 429
        assert site.visitor(31).get("/microblog/livez").status == 200


def test_one_address_that_asks_without_pause_is_slowed_down_and_others_are_served(site: Installation):
    asked = b"GET /microblog/livez HTTP/1.1\r\nHost: x\r\n\r\n" * 650 + b"GET /microblog/livez HTTP/1.0\r\n\r\n"
    answer = exchange(site.port, asked, address="127.0.0.32")
    statuses = Counter(re.findall(rb"HTTP/1\.1 (\d{3})", answer.head.encode("latin-1") + b"\r\n\r\n" + answer.body))
    assert set(statuses) == {b"200", b"429"}
    assert statuses[b"200"] >= 400
    assert site.visitor(33).get("/microblog/livez").status == 200


def test_thousands_of_slow_connections_do_not_close_the_site(site: Installation):
    wanted = 2_500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted + 500:
        pytest.skip(f"this system allows {hard} open files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 500), hard))
    try:
        with ExitStack() as stack:
            for number in range(50):
                slow_connections(site, stack, wanted // 50, b"GET /microblog/ HTTP/1.1\r\nX-Slow: ", f"127.0.0.{100 + number}")
            assert site.visitor(34).get("/microblog/auth/login").status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_nothing_of_all_this_has_hurt_the_site(site: Installation):
    assert len(site.workers()) == 2
    assert Visitor(site.port, site.mount).open("/auth/login").status == 200
