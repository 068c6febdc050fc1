"""What a process is told to be."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from microblog.framework import process

UWSGI = SimpleNamespace(
    version=b"2.0.30",
    numproc=2,
    cores=4,
    buffer_size=65_535,
    listen_queue=lambda: 3,
    opt={"listen": b"1024", "harakiri": [b"10", b"60"], "need-app": True, "env": b"SECRET_KEY=x"},
)


def test_an_ordinary_process(monkeypatch):
    monkeypatch.setitem(sys.modules, "uwsgi", None)
    found = process.facts()
    assert found["uwsgi"] is None
    assert found["is_root"] == (os.geteuid() == 0)
    assert found["open_files"] > 0


def test_a_part_of_uwsgi_tells_what_it_was_started_with_and_nothing_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "uwsgi", UWSGI)
    assert process.facts()["uwsgi"] == {
        "version": "2.0.30",
        "processes": 2,
        "threads": 4,
        "buffer_size": 65_535,
        "waiting": 3,
        "options": {"listen": "1024", "harakiri": "60", "need-app": "True"},
    }


def test_a_kernel_that_does_not_tell_how_many_wait_is_no_error(monkeypatch):
    def listen_queue() -> int:
        raise ValueError

    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(**vars(UWSGI) | {"listen_queue": listen_queue}))
    assert process.facts()["uwsgi"]["waiting"] is None


@pytest.mark.parametrize("name", process.OPTIONS)
def test_each_option_that_is_told_is_one_of_uwsgi_ini(name):
    from microblog.config import ROOT

    assert f"\n{name} = " in (ROOT / "uwsgi.ini").read_text("utf-8")


def test_a_server_has_a_name_that_only_its_processes_share(monkeypatch):
    monkeypatch.setitem(sys.modules, "uwsgi", None)
    alone = process.server()
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(masterpid=os.getppid))
    of_uwsgi = process.server()
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(masterpid=lambda: 0))
    assert alone == process.server() != of_uwsgi
    assert process.lives(alone)
    assert process.lives(of_uwsgi)


def test_a_server_that_is_gone_lives_no_more_also_if_another_has_its_number(monkeypatch):
    monkeypatch.setitem(sys.modules, "uwsgi", None)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(masterpid=lambda: child.pid))
    name = process.server()
    assert process.lives(name)
    child.communicate(b"\n")
    assert not process.lives(name)
    assert not process.lives(f"{os.getpid()}-1")
    assert not any(map(process.lives, ("", "-", "x-1", "counter_1.db", f"{child.pid}-gone")))
