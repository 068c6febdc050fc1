"""run: what it says and does before and around the servers; that it serves is shown in tests/deploy."""

import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from microblog import config, demo, migrations
from microblog.commands import Failure, run
from microblog.framework.database import Database


@pytest.fixture
def taken_port():
    """A port that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def server():
    """Makes an HTTP server that answers everything with one status; gives its port."""
    made: list[HTTPServer] = []

    def make(status: int) -> int:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Not on our terminal."""

        made.append(HTTPServer(("127.0.0.1", 0), Answer))
        threading.Thread(target=made[-1].serve_forever, args=(0.01,), daemon=True).start()
        return made[-1].server_port

    yield make
    for one in made:
        one.shutdown()
        one.server_close()


@pytest.fixture
def prepared(new_database, settings, monkeypatch):
    """Prepares a new database as `run` does, in this environment; gives what is in it then."""
    monkeypatch.setattr("microblog.commands.translate.compile_stale", lambda: None)

    def prepare(**options) -> SimpleNamespace:
        url = options.pop("url", None) or new_database(migrated=False)
        found = replace(settings, database_url=url, **{"environment": "development"} | options.pop("changed", {}))
        run._prepare(found, **{"demo": True} | options)
        database = Database(url, connections=1)
        with database.reading() as db:
            people = db.scalar(text("SELECT count(*) FROM users"))
        version = migrations.current(database)
        database.close()
        return SimpleNamespace(url=url, people=people, version=version)

    return prepare


# Before anything is started


def test_a_port_that_is_taken_is_said_before_anything_is_started(command, taken_port, monkeypatch):
    monkeypatch.setattr(run.settings, "with_database", lambda: pytest.fail("Too late."))
    done = command("run", "--port", str(taken_port))
    assert (done.status, done.out) == (1, "")
    assert f"127.0.0.1 port {taken_port} cannot be used: Address already in use." in done.err
    assert "choose another port, such as --port 8001" in done.err


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("--port", "eighty"), "PORT"),
        (("--port", "0"), "PORT"),
        (("--processes", "0"), "PROCESSES"),
        (("--threads", "many"), "THREADS"),
        (("--workers", "-1"), "WORKERS"),
        (("--mount", "/a b"), "MOUNT"),
    ],
)
def test_a_flag_that_cannot_be_meant_is_refused_like_its_setting(command, words, name):
    done = command("run", "=".join(words))
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"{name} cannot be used: ")


def test_a_flag_wins_over_its_setting(command, environment, taken_port):
    environment(PORT="1")
    assert f"port {taken_port} cannot be used" in command("run", "--port", str(taken_port)).err


def test_a_host_that_is_not_ours_is_said(command):
    assert "192.0.2.1 port 8000 cannot be used" in command("run", "--host", "192.0.2.1").err


def test_a_free_port_is_free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert run._running_at("127.0.0.1", port) is None


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
def test_a_port_of_the_newer_protocol_is_looked_at_too():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        assert "cannot be used" in run._running_at("::1", listener.getsockname()[1])


def test_a_port_for_root_alone_is_said_to_be_one(monkeypatch):
    def bind(_socket, _address) -> None:
        raise PermissionError

    monkeypatch.setattr(socket.socket, "bind", bind)
    assert run._running_at("127.0.0.1", 80) == "Port 80 is only for root. Choose one above 1023 with --port."


# The database


@pytest.mark.row("MT-18.6")
def test_an_empty_database_gets_its_schema_and_its_town(prepared, capsys):
    found = prepared()
    assert (found.version, found.people) == (migrations.head(), len(demo.people()))
    assert demo.PASSWORD in capsys.readouterr().out


def test_the_second_time_everything_is_as_it_was(prepared, capsys):
    url = prepared().url
    capsys.readouterr()
    assert prepared(url=url).people == len(demo.people())
    assert capsys.readouterr().out == ""


def test_who_wants_no_demo_gets_none(prepared):
    assert prepared(demo=False).people == 0


@pytest.mark.parametrize("environment_name", ["production", "testing"])
def test_only_a_developer_gets_a_town(prepared, environment_name):
    assert prepared(changed={"environment": environment_name}).people == 0


def test_more_connections_than_postgres_gives_are_refused_before_the_load_comes(prepared):
    with pytest.raises(Failure, match=r"64 processes x 8 threads and 1 workers need 521 connections") as refusal:
        prepared(changed={"processes": 64, "threads": 8, "workers": 1})
    assert "raise max_connections" in str(refusal.value)


# What is started, and waiting for it


def test_uwsgi_is_told_what_differs(settings, environment):
    environment(MOUNT="/elsewhere")
    told = run._uwsgi_environment(replace(settings, host_to_bind="127.0.0.1", port=8123, processes=3, threads=7))
    assert (told["PROCESSES"], told["THREADS"]) == ("3", "7")
    assert (told["MICROBLOG_HTTP"], told["MICROBLOG_MOUNT"]) == ("127.0.0.1:8123", "/microblog")


def test_an_address_of_the_newer_protocol_is_written_in_brackets(settings):
    assert run._uwsgi_environment(replace(settings, host_to_bind="::1", port=1))["MICROBLOG_HTTP"] == "[::1]:1"


def test_at_the_root_of_a_host_the_mount_is_a_slash(settings):
    assert run._uwsgi_environment(replace(settings, public_url="http://localhost"))["MICROBLOG_MOUNT"] == "/"


def test_uwsgi_reads_the_file_of_this_checkout(settings):
    words = run._uwsgi_words(settings)
    assert words[1:] == ["--ini", str(config.ROOT / "uwsgi.ini")]
    assert Path(words[2]).is_file()


@pytest.mark.row("MT-22.13")
def test_uwsgi_and_each_worker_are_children_of_run(settings, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(run, "Children", FakeChildren)
    with run._children(replace(settings, root=tmp_path, workers=2)) as children:
        assert [(name, restart) for name, restart, _, _ in children.started] == [
            ("uWSGI", False),
            ("worker 1", True),
            ("worker 2", True),
        ]
        assert [environment.get("MICROBLOG_LOG_MARK") for *_, environment, _ in children.started[1:]] == [
            "-worker-1",
            "-worker-2",
        ]
        assert {output for *_, output in children.started} == {tmp_path / "var" / "log" / "uwsgi.log"}
    assert children.stopped
    assert "2 processes x 4 threads, and 2 worker(s)" in capsys.readouterr().out


class FakeChildren:
    """Stands for child processes: it writes down what would be started."""

    def __init__(self) -> None:
        self.started: list[tuple] = []
        self.stopped = False

    def start(self, name, words, *, environment, output, restart=False) -> None:
        self.started.append((name, restart, environment, output))

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.row("MT-18.2")
def test_where_stdout_is_wanted_the_children_write_there_too(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(run, "Children", FakeChildren)
    with run._children(replace(settings, root=tmp_path, log_to_stdout=True)) as children:
        assert {output for *_, output in children.started} == {None}


def test_the_children_are_stopped_whatever_happens(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(run, "Children", FakeChildren)
    with pytest.raises(Failure), run._children(replace(settings, root=tmp_path)) as children:
        raise Failure("It did not get ready.")
    assert children.stopped


@pytest.mark.parametrize("status", [200, 404, 503])
def test_whoever_answers_is_asked_for_a_status(server, status):
    assert run._own_answer("0.0.0.0", server(status), "/readyz") == status


def test_where_nobody_answers_there_is_no_status():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert run._own_answer("127.0.0.1", port, "/") is None


def test_a_proxy_is_not_asked_about_ourselves(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert run._own_answer("127.0.0.1", server(200), "/") == 200


def test_ready_is_when_readyz_says_so(settings, server):
    waiting = SimpleNamespace(ended=lambda: False)
    run._wait_until_ready(replace(settings, host_to_bind="127.0.0.1", port=server(200)), waiting)


def test_who_ends_before_being_ready_is_told_of_with_the_end_of_the_log(settings):
    ended = SimpleNamespace(ended=lambda: True, end_of_log=lambda: "    no python application found")
    with pytest.raises(Failure, match=r"did not get ready.*\n    no python application found"):
        run._wait_until_ready(settings, ended)


def test_who_never_gets_ready_is_not_waited_for_for_ever(settings, server, monkeypatch):
    monkeypatch.setattr(run, "READY_WITHIN", 0.0)
    never = SimpleNamespace(ended=lambda: False, end_of_log=lambda: "")
    with pytest.raises(Failure, match="did not get ready"):
        run._wait_until_ready(replace(settings, host_to_bind="127.0.0.1", port=server(503)), never)
