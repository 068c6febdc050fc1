"""Logs: each line says when, how bad, what and where; nobody outside can write one; a full disk stops nothing."""

import errno
import io
import json
import logging
import sys

import pytest

from microblog.framework import logs


@pytest.fixture(autouse=True)
def quiet_root():
    """The root logger as it was before."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)


def line(formatter: logging.Formatter, message: str, *values: object, **extra: object) -> str:
    record = logging.LogRecord("microblog.app", logging.WARNING, "/srv/app.py", 7, message, values, None)
    record.__dict__ |= extra
    return formatter.format(record)


def trouble() -> tuple:
    try:
        raise ValueError("on two\nlines")
    except ValueError:
        return sys.exc_info()


@pytest.mark.row("MT-07.7")
def test_a_line_of_text_says_when_how_bad_what_and_where():
    time, _, rest = line(logs.TextLine(), "Hello %s", "Åsa").partition(" WARNING: ")
    assert len(time) == len("2026-11-20 09:00:00,000")
    assert rest == "Hello Åsa [in /srv/app.py:7]"


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_nobody_writes_a_second_line_into_the_log(newline):
    assert len(line(logs.TextLine(), "GET /a%sERROR: forged", newline).splitlines()) == 1
    assert len(line(logs.JsonLine(), "GET /a%sERROR: forged", newline).splitlines()) == 1


def test_a_trace_follows_its_line():
    lines = line(logs.TextLine(), "Oh", exc_info=trouble()).splitlines()
    assert lines[0].endswith("[in /srv/app.py:7]")
    assert "ValueError: on two" in lines


def test_a_line_of_json_has_the_same_and_what_is_known_of_the_request():
    found = json.loads(
        line(logs.JsonLine(), "Hello %s", "한글", request_id="abc", user_id=3, method="GET", path="/x", status=500)
    )
    assert found.pop("time").endswith("Z")
    assert found.pop("process") > 0
    assert found == {
        "level": "WARNING",
        "message": "Hello 한글",
        "logger": "microblog.app",
        "place": "/srv/app.py:7",
        "request_id": "abc",
        "user_id": 3,
        "method": "GET",
        "path": "/x",
        "status": 500,
    }


def test_a_trace_is_part_of_the_line_of_json():
    found = line(logs.JsonLine(), "Oh", exc_info=trouble())
    assert "ValueError: on two\nlines" in json.loads(found)["trace"]
    assert len(found.splitlines()) == 1


@pytest.mark.row("MT-07.7")
def test_files_are_made_with_their_folder_and_kept_small(tmp_path):
    logs.set_up(tmp_path / "new" / "logs", to_stdout=False, form="text")
    for number in range(1_500):
        logging.getLogger("microblog").info("line %s %s", number, "x" * 80)
    files = sorted((tmp_path / "new" / "logs").iterdir())
    assert [file.name for file in files] == ["microblog.log", *sorted(f"microblog.log.{number}" for number in range(1, 11))]
    assert all(file.stat().st_size <= 10_240 for file in files)
    assert "line 1499 " in files[0].read_text()


def test_from_info_up_everything_is_written_and_nothing_below(tmp_path):
    logs.set_up(tmp_path, to_stdout=False, form="text")
    logging.getLogger("microblog").debug("too much")
    logging.getLogger("microblog").info("just right")
    logging.getLogger("alembic.runtime").info("chatter")
    written = (tmp_path / "microblog.log").read_text()
    assert "just right" in written
    assert "too much" not in written
    assert "chatter" not in written


@pytest.mark.row("MT-D12")
def test_each_process_writes_a_file_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("MICROBLOG_LOG_MARK", "-worker-1")
    logs.set_up(tmp_path, to_stdout=False, form="text")
    logging.getLogger("microblog").info("Hello")
    assert [file.name for file in tmp_path.iterdir()] == ["microblog-worker-1.log"]


@pytest.mark.row("MT-D12")
@pytest.mark.parametrize(("number", "name"), [(0, "microblog.log"), (1, "microblog.log"), (2, "microblog-2.log")])
def test_the_processes_of_uwsgi_are_told_apart_by_their_number(tmp_path, monkeypatch, number, name):
    uwsgi = type("uwsgi", (), {"worker_id": staticmethod(lambda: number)})
    monkeypatch.setitem(sys.modules, "uwsgi", uwsgi)
    logs.set_up(tmp_path, to_stdout=False, form="text")
    logging.getLogger("microblog").info("Hello")
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.row("MT-18.2", "MT-D13")
def test_where_stdout_is_wanted_no_file_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    logs.set_up(tmp_path / "logs", to_stdout=True, form="json")
    logging.getLogger("microblog").info("Hello")
    assert json.loads(sys.stdout.getvalue())["message"] == "Hello"
    assert list(tmp_path.iterdir()) == []


def test_setting_up_twice_writes_each_line_once(tmp_path):
    for _ in range(2):
        logs.set_up(tmp_path, to_stdout=False, form="text")
    logging.getLogger("microblog").info("once")
    assert (tmp_path / "microblog.log").read_text().count("once") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_with_half_a_character_is_written_all_the_same(tmp_path, form):
    logs.set_up(tmp_path, to_stdout=False, form=form)
    logging.getLogger("microblog").info("bad \udcff path")
    assert "path" in (tmp_path / "microblog.log").read_text()


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_full_disk_under_the_log_stops_nothing(tmp_path, monkeypatch, capsys, form):
    monkeypatch.setattr(sys, "stdout", FullDisk())
    logs.set_up(tmp_path, to_stdout=True, form=form)
    logging.getLogger("microblog").error("nobody hears this")
    assert capsys.readouterr().err == ""
