"""The laboratory behind the real uWSGI and nginx at a prefix of its own: counting in every way to run it, headers, bodies, the mount."""

import json
import re
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microblog.config import ROOT

from ..together import together
from .conftest import Install, installed
from .installation import Installation, free_port
from .visitor import Visitor
from .wire import exchange

MOUNT = "/60162176"
MODES = [("4", "2"), ("1", "2"), ("2", "1")]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def site(new_site: Install) -> Installation:
    """The laboratory under the prefix of the exercises."""
    return new_site(mount=MOUNT, PROCESSES="2", THREADS="2")


@pytest.fixture(params=MODES, ids=lambda mode: f"{mode[0]}x{mode[1]}")
def freshly_started(
    request: pytest.FixtureRequest, nginx: str, new_database: Callable[[], str]
) -> Iterator[tuple[Installation, int]]:
    """A site that has never counted, run by so many processes and threads; and the number of processes."""
    processes, threads = request.param
    with installed(new_database(), nginx, mount=MOUNT, PROCESSES=processes, THREADS=threads) as site:
        yield site, int(processes)


# Counting


@pytest.mark.row("LB-20", "LB-21", "LB-22", "LB-D8", "XC-03")
def test_in_every_way_to_run_it_all_count_together(freshly_started: tuple[Installation, int]):
    site, processes = freshly_started
    site.wait_for_workers()
    address = f"{MOUNT}/lab/13/increase"
    assert [site.visitor().get(address).text for _ in range(10)] == [str(number) for number in range(1, 11)]

    def presser(number: int) -> Callable[[], int]:
        visitor, method = site.visitor(1 + number % 20), "GET" if number % 2 else "POST"
        return lambda: int(visitor.request(method, address).text)

    assert sorted(together([presser(number) for number in range(200)])) == list(range(11, 211))
    assert site.one("SELECT value FROM counters WHERE name = 'lab'") == 210
    seen = [shown(site.visitor().get(f"{MOUNT}/lab/13/").text) for _ in range(60)]
    assert {everywhere for _, _, everywhere in seen} == {210}
    counted_by = {process: here for process, here, _ in seen}
    assert set(counted_by) <= set(site.workers())
    if processes == 1:
        assert len(counted_by) == 1
    else:
        assert all(here < 210 for here in counted_by.values()), "no process alone has counted them all"


def shown(page: str) -> tuple[int, int, int]:
    """What the page of exercise 13 shows: the process, what it has counted, and what all have."""
    process = re.search(r"<dd>(\d+)</dd>", page)
    assert process
    here, everywhere = (int(number) for number in re.findall(r'class="counter-value">(\d+)<', page))
    return int(process[1]), here, everywhere


# What nginx and uWSGI do to requests and answers


@pytest.mark.row("LB-05")
def test_a_header_with_an_underscore_gets_past_nginx(site: Installation):
    answer = site.visitor().get(f"{MOUNT}/lab/5/Hello/JongHyun")
    assert (answer.status, answer.text, answer.headers["MY_HEADER"]) == (404, "Hello, JongHyun!", "1234")


@pytest.mark.row("LB-03", "LB-04", "XC-09")
def test_korean_in_the_address_arrives(site: Installation):
    answer = site.visitor().get(f"{MOUNT}/lab/3/%EC%95%88%EB%85%95/%EC%A0%95%ED%98%84%F0%9F%98%80")
    assert (answer.status, answer.text) == (200, "안녕, 정현😀!")
    assert site.visitor().get(f"{MOUNT}/lab/3/Hello/a%2Fb").status == 404


@pytest.mark.row("LB-06", "LB-D9")
def test_a_client_need_not_say_what_it_is(site: Installation):
    answer = exchange(site.port, f"GET {MOUNT}/lab/6/ HTTP/1.1\r\nHost: {site.host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.status == 200
    assert "그대는  검을 쓰는군." in answer.body.decode()


@pytest.mark.row("LB-10", "LB-11")
@pytest.mark.parametrize(
    ("path", "status"), [("12/*/5", 200), ("12/+/5", 200), ("12/%2B/5", 200), ("-3/-/5", 200), ("12/**/5", 400)]
)
def test_signs_in_the_address_arrive(site: Installation, path: str, status: int):
    assert site.visitor().get(f"{MOUNT}/lab/10/{path}").status == status


@pytest.mark.row("LB-16", "LB-D2")
@pytest.mark.parametrize("chunked", [False, True], ids=["at-once", "chunked"])
@pytest.mark.parametrize(
    ("body", "status"), [('{"name": "정현"}', 200), ("", 400), ("x", 400), ('{"name": "' + "x" * 70_000 + '"}', 413)],
    ids=["korean", "empty", "no-json", "large"],
)  # fmt: skip
def test_a_body_is_read_or_refused(site: Installation, body: str, status: int, chunked: bool):
    answer = site.visitor().request("POST", f"{MOUNT}/lab/12/", body.encode(), JSON, chunked=chunked)
    assert answer.status == status
    assert status != 200 or answer.text == "Hello World 정현"


@pytest.mark.row("LB-16")
def test_a_body_of_no_length_is_refused_at_once(site: Installation):
    head = f"POST {MOUNT}/lab/12/ HTTP/1.1\r\nHost: {site.host}\r\nConnection: close\r\n"
    for length in ("", "Content-Length: 0\r\n"):
        assert exchange(site.port, f"{head}{length}\r\n".encode()).status == 400


# The mount


@pytest.mark.row("LB-18", "LB-D5", "XC-02")
def test_the_laboratory_is_below_the_prefix_and_nowhere_else(site: Installation):
    assert site.visitor().get(f"{MOUNT}/lab/1/").text == "Hello, World!"
    for path in ("/lab/1/", "/microblog/lab/1/", "/6016217/lab/1/", f"{MOUNT}0/lab/1/"):
        answer = site.visitor().get(path)
        assert answer.status == 404
        assert answer.headers["X-Request-ID"] is None, "another application of the host would have been asked"


@pytest.mark.row("LB-15", "LB-19")
def test_the_log_has_the_path_without_the_prefix_and_the_prefix_apart_from_it(site: Installation):
    before = site.log.read_text().count(f'"GET /lab/11/ below {MOUNT}"')
    assert site.visitor().get(f"{MOUNT}/lab/11/").text == "Hello World wsgi1"
    assert site.log.read_text().count(f'"GET /lab/11/ below {MOUNT}"') == before + 1


@pytest.mark.row("LB-12", "LB-D4", "XC-02")
def test_forms_stay_below_the_prefix(site: Installation):
    visitor = site.visitor()
    answer = visitor.submit(visitor.open("/lab/10"), "제출", input1="12", operator="*", input2="5")
    assert (answer.status, answer.path) == (200, f"{MOUNT}/lab/10/post")
    assert answer.text.endswith(": 60")
    page = visitor.press(visitor.open("/lab/13/"), "Count one more")
    assert (page.status, page.path) == (200, f"{MOUNT}/lab/13/")


@pytest.mark.row("LB-D5")
def test_the_files_agree_on_one_prefix():
    nginx = set(re.findall(r"location (?:= |~ \^)?(/\w+)", (ROOT / "nginx.conf").read_text("utf-8")))
    uwsgi = re.findall(r"^mount = (/\w+)=(\S+)$", (ROOT / "uwsgi.ini").read_text("utf-8"), re.MULTILINE)
    assert [mount for mount, _ in uwsgi] == sorted(nginx) == ["/microblog"]
    assert [module for _, module in uwsgi] == ["wsgi:application"]
    assert not (ROOT / "flask.py").exists()


# The protocol between the two


def packet(**variables: str) -> bytes:
    """A request as the uwsgi protocol has it: sizes and bytes, little-endian."""
    parts = [struct.pack("<H", len(part)) + part for pair in variables.items() for part in (word.encode() for word in pair)]
    return struct.pack("<BHB", 0, len(b"".join(parts)), 0) + b"".join(parts)


def said_to_socket(path: Path, raw: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(str(path))
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        received = b""
        while part := line.recv(65_536):
            received += part
        return received


@pytest.mark.row("LB-17")
def test_between_nginx_and_uwsgi_the_uwsgi_protocol_is_spoken(site: Installation):
    variables = {"REQUEST_METHOD": "GET", "PATH_INFO": f"{MOUNT}/lab/1/", "HTTP_HOST": site.host, "QUERY_STRING": ""}
    variables |= {"SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(site.port)}
    answer = said_to_socket(site.run / "app.sock", packet(**variables))
    assert b" 200 OK\r\n" in answer
    assert answer.endswith(b"Hello, World!")
    assert said_to_socket(site.run / "app.sock", f"GET {MOUNT}/lab/1/ HTTP/1.0\r\n\r\n".encode()) == b""
    ini = (ROOT / "uwsgi.ini").read_text("utf-8")
    assert "[uwsgi]" in ini
    assert "manage-script-name = true" in ini


# uWSGI alone


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Iterator[Installation]:
    """uWSGI that speaks HTTP itself, as `run` starts it."""
    folder, port = tmp_path_factory.mktemp("alone"), free_port()
    site = Installation(folder, new_database(), "", mount=MOUNT, MICROBLOG_HTTP=f"127.0.0.1:{port}")
    site.port, site.host = port, f"127.0.0.1:{port}"
    site.environment |= {"PUBLIC_URL": f"http://{site.host}{MOUNT}"}
    for name in ("run", "log"):
        (folder / "var" / name).mkdir(parents=True)
    (site.run / "reload").touch()
    site.start_uwsgi()
    try:
        site.wait_for_workers()
        yield site
    finally:
        site.stop_uwsgi(signal.SIGINT)
        site.database.close()
    assert site.complaints() == []


@pytest.mark.row("LB-16", "LB-D2")
@pytest.mark.parametrize("path", ["/lab/12/", "/lab/8/"])
@pytest.mark.parametrize(
    ("body", "status"), [('{"name": "정현", "key1": "열쇠"}', 200), ('{"name": "' + "x" * 70_000 + '"}', 413), ("x", 400)],
    ids=["korean", "large", "no-json"],
)  # fmt: skip
def test_without_nginx_a_chunked_body_is_read_too(alone: Installation, path: str, body: str, status: int):
    pieces = [body.encode()[start : start + 7_000] for start in range(0, len(body.encode()), 7_000)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    head = f"POST {MOUNT}{path} HTTP/1.1\r\nHost: {alone.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(alone.port, head.encode() + sent)
    assert answer.status == status
    if status == 200:
        assert answer.body.decode() == "Hello World 정현" if path == "/lab/12/" else json.loads(answer.body)["key1"] == "열쇠"


@pytest.mark.row("XC-09")
def test_without_nginx_a_chunked_body_that_breaks_off_is_a_400(alone: Installation):
    head = f"POST {MOUNT}/lab/8/ HTTP/1.1\r\nHost: {alone.host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchange(alone.port, head.encode() + b"5;x=y\r\nabcde\r\n").status == 400
    assert Visitor(alone.port, MOUNT).get(f"{MOUNT}/lab/1/").status == 200


# What operators are told


@pytest.mark.row("LB-22", "LB-23")
def test_the_guide_says_why_nothing_is_kept_in_a_process_and_what_this_style_is_not_for():
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    told = guide.partition("## What the laboratory is for\n")[2].partition("\n## ")[0]
    for words in ("/lab/13/", "LAB=off", "whatever must be remembered between two requests is in Postgres"):
        assert words in told
    assert re.search(r"real-time games, wants a socket\s+server", told)
