"""The outer wall: what nginx lets one address ask for, and whose address that is. The exact limits behind it are the application's."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from microblog.faces.verdicts import SENTENCES

from .conftest import installed
from .installation import Installation
from .wire import exchange, seen_by

MIRROR = Path(__file__).parent / "mirror.py"
NOBODY = "postgresql://nobody@/nothing"
REAL_IP = ("set_real_ip_from 10.0.0.0/8;", "real_ip_header X-Forwarded-For;", "real_ip_recursive on;")


class Behind(Installation):
    """One behind another proxy: the lines of nginx.conf for that are said, with this machine for the proxy."""

    def conf(self) -> str:
        conf = super().conf()
        for line in REAL_IP:
            assert conf.count(f"# {line}") == 1
            conf = conf.replace(f"# {line}", line.replace("10.0.0.0/8", "127.0.0.1"))
        return conf


@pytest.fixture(scope="module")
def site(nginx: str) -> Iterator[Installation]:
    """nginx.conf with its limits as they are, before an application that answers to everything."""
    with installed(NOBODY, nginx, application=MIRROR, walls=True) as site:
        yield site


def asked(site: Installation, path: str, times: int, address: str, *, method: str = "GET") -> list[tuple[int, str]]:
    """The statuses and bodies of so many requests that come down one connection at once."""
    line = f"{method} {path} HTTP/1.%d\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    answer = exchange(site.port, ((line % 1) * (times - 1) + line % 0).encode(), address=address)
    whole = answer.head + "\r\n\r\n" + answer.body.decode("latin-1")
    parts = re.split(r"HTTP/1\.1 (\d{3}) [^\r]+\r\n", whole)[1:]
    return [(int(status), text) for status, text in zip(parts[::2], parts[1::2], strict=True)]


@pytest.mark.parametrize(
    ("path", "burst", "method"), [("/microblog/api/posts", 200, "GET"), ("/microblog/auth/login", 100, "POST")]
)
def test_programs_and_doors_have_walls_of_their_own(site: Installation, path: str, burst: int, method: str):
    address = f"127.0.0.{50 + burst // 100}"
    answers = asked(site, path, 2 * burst, address, method=method)
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) == {200, 429}
    assert burst < statuses[200] < 2 * burst, "a generous beginning, and then its rate"
    assert [status for status, _ in answers[: burst + 1]] == [200] * (burst + 1)
    for other in ("/microblog/", "/microblog/explore", "/microblog/static/0/css/site.css"):
        assert site.visitor(int(address.rpartition(".")[2])).get(other).status == 200, "the wall is around that path alone"
    assert site.visitor(60).request(method, path).status == 200, "and around that address"


def test_a_program_that_is_refused_is_told_so_as_the_application_would(site: Installation):
    refused = next(text for status, text in asked(site, "/microblog/api/me", 250, "127.0.0.61") if status == 429)
    head, _, body = refused.partition("\r\n\r\n")
    assert "Content-Type: application/json" in head
    assert "Retry-After: 1" in head
    assert json.loads(body) == {"error": "Too Many Requests", "message": str(SENTENCES[429])}


def test_behind_another_proxy_people_keep_their_own_addresses_and_their_own_limits(nginx: str):
    with installed(NOBODY, nginx, kind=Behind, application=MIRROR, PROCESSES="1") as site:
        for client, forged in (("203.0.113.5", ""), ("203.0.113.6", "198.51.100.9, ")):
            seen = seen_by(site.visitor(1).get("/microblog/x", {"X-Forwarded-For": forged + client}))
            assert (seen["REMOTE_ADDR"], seen["HTTP_X_FORWARDED_FOR"]) == (client, client), "the last one is the proxy's own word"
        seen = seen_by(site.visitor(2).get("/microblog/x", {"X-Forwarded-For": "203.0.113.7"}))
        assert seen["REMOTE_ADDR"] == "127.0.0.2", "nobody else is believed"
