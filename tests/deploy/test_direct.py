"""The site straight from deploy/examples/direct.py: run as it stands there, imported, and looked at through a tunnel."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from microblog.config import ROOT

from ..together import together
from .installation import READY_WITHIN, SECRET_KEY, free_port
from .visitor import Visitor

DIRECT = ROOT / "deploy" / "examples" / "direct.py"
MOUNT = "/microblog"


@pytest.fixture(scope="module")
def environment(new_database: Callable[[], str]) -> dict[str, str]:
    """Said here in full, so that a developer's .env cannot say otherwise."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "MICROBLOG_ENV": "development",
        "DATABASE_URL": new_database(),
        "SECRET_KEY": SECRET_KEY,
        "MOUNT": MOUNT,
        "RATE_LIMITS": "off",
    }


@pytest.fixture(scope="module")
def port(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the script listens, from its first answer until Ctrl-C."""
    port, log = free_port(), tmp_path_factory.mktemp("direct") / "log"
    with log.open("wb") as output:
        words = [str(DIRECT), "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(
            words, env=environment, cwd="/", stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not is_ready(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert "Traceback" not in log.read_text()


def is_ready(port: int) -> bool:
    with suppress(OSError):
        return Visitor(port, MOUNT).get(f"{MOUNT}/readyz").status == 200
    return False


@pytest.fixture
def tunnel(port: int) -> Iterator[int]:
    """Another port that leads to the script's, as `ssh -L` makes one: bytes go to and fro, and nothing in them is changed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                sink.sendall(part)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.row("LB-24")
def test_the_script_may_be_read_and_run_by_all_and_says_where_it_listens():
    assert DIRECT.read_text("utf-8").startswith("#!/usr/bin/env python3\n")
    assert stat.S_IMODE(DIRECT.stat().st_mode) & 0o555 == 0o555
    help_text = subprocess.run([DIRECT, "--help"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"--host.*0\.0\.0\.0", help_text)
    assert re.search(r"--port.*29130", help_text)


@pytest.mark.row("LB-24", "LB-20", "LB-21")
def test_run_it_serves_and_counts(port: int):
    visitor = Visitor(port, MOUNT)
    assert [visitor.get(f"{MOUNT}/lab/13/increase").text for _ in range(10)] == [str(number) for number in range(1, 11)]
    numbers = together([lambda: int(Visitor(port, MOUNT).get(f"{MOUNT}/lab/13/increase").text) for _ in range(50)])
    assert sorted(numbers) == list(range(11, 61))


@pytest.mark.row("LB-16")
def test_it_reads_a_chunked_body(port: int):
    for size, status in ((10, 200), (70_000, 413)):
        body = b'{"name": "%s"}' % (b"x" * size)
        assert Visitor(port, MOUNT).request("POST", f"{MOUNT}/lab/12/", body, chunked=True).status == status


@pytest.mark.row("LB-24")
def test_imported_it_has_an_application_and_starts_nothing(environment: dict[str, str]):
    program = f"""
import importlib.util, socket, sys, threading
socket.socket.bind = None  # whoever wants to listen fails
found = importlib.util.spec_from_file_location("direct", {str(DIRECT)!r})
direct = importlib.util.module_from_spec(found)
found.loader.exec_module(direct)
from werkzeug.test import Client
answer = Client(direct.application).get("/lab/1/", base_url="http://localhost{MOUNT}")
sys.stdout.write(f"{{answer.status_code}} {{answer.text}} {{threading.active_count()}}")
"""
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd="/", capture_output=True, text=True, timeout=60)
    assert done.stdout == "200 Hello, World! 1", done.stderr


@pytest.mark.row("LB-25")
def test_through_a_tunnel_links_redirects_and_forms_keep_to_the_tunnel(port: int, tunnel: int):
    visitor = Visitor(tunnel, MOUNT)
    index = visitor.open("/lab")  # a redirect; `open` takes none that names a host
    assert index.path == f"{MOUNT}/lab/"
    addresses = [element.attrs["href"] for element in index.page.query("a[href], link[href]")]
    assert len(addresses) > 13
    assert all(address.startswith((MOUNT, "#")) for address in addresses)
    assert str(port) not in index.text
    page = visitor.open("/lab/10")
    assert page.path == f"{MOUNT}/lab/10/"
    answer = visitor.submit(page, "제출", input1="-3", operator="*", input2="5")
    assert (answer.status, answer.text[-5:]) == (200, ": -15")
    counted = visitor.press(visitor.open("/lab/13/"), "Count one more")
    assert counted.path == f"{MOUNT}/lab/13/"


@pytest.mark.row("LB-25")
def test_through_a_tunnel_one_signs_up_and_says_something(tunnel: int):
    visitor = Visitor(tunnel, MOUNT)
    visitor.sign_up("digger", "correct horse")
    page = visitor.press(visitor.open("/auth/login"), "Sign In", username="digger", password="correct horse")
    page = visitor.press(page, "Submit", post="aus dem Tunnel")
    assert "aus dem Tunnel" in page.words
