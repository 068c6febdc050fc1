"""starts: a checkout that runs by itself, and a worker that answers after its predecessor was killed."""

import pytest

from microblog.bench import BenchError, planting, starts
from microblog.bench.ground import Ground, dsn_of
from microblog.bench.plan import Plan, Point

PLAN = Plan((Point(1, 1),), None, people=30, posts=500, rounds=1, seconds=1, connections=2)


# Stands in for the program: it answers after a while, and only with what it was given.
STAND_IN = """
import os, pathlib, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

assert sys.argv[1:] == ["run"] and "DATABASE_URL" not in os.environ
pathlib.Path("began").open("a").write("x")
time.sleep(0.3)
server = HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pathlib.Path("ended").open("a").write("x")
"""


@pytest.fixture
def left(monkeypatch):
    """Puts something in the place of a checkout; gives what it has written down in the end."""
    marks = []
    rmtree = starts.shutil.rmtree

    def check_out(folder):
        (folder / "microblog").mkdir()
        (folder / "microblog" / "__main__.py").write_text(STAND_IN)

    def remove(folder, **how):
        marks.append([(folder / name).read_text() for name in ("began", "ended")])
        rmtree(folder, **how)

    monkeypatch.setattr(starts, "_check_out", check_out)
    monkeypatch.setattr(starts.shutil, "rmtree", remove)
    monkeypatch.setattr(starts, "SETTLED", 0.0)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///somebody_elses")
    return marks


def test_run_is_timed_until_it_answers_and_stopped_and_begun_anew(left, monkeypatch):
    monkeypatch.setattr(starts, "TIMES", 2)
    seconds = starts._runs(lambda text: None)
    assert len(seconds) == 3
    assert all(0.3 < each < 20 for each in seconds)
    assert left == [["xxx", "xxx"]]


def test_a_run_that_ends_says_why(monkeypatch):
    monkeypatch.setattr(starts, "_check_out", lambda folder: (folder / "microblog").write_text("nothing"))
    with pytest.raises(BenchError, match="(?s)`run` did not get ready.*No module named"):
        starts._runs(lambda text: None)


def test_what_is_checked_out_is_the_program_without_what_it_keeps_here(tmp_path):
    starts._check_out(tmp_path)
    assert {"microblog", "templates", "static", "wsgi.py", "uwsgi.ini", "requirements.lock"} <= {
        p.name for p in tmp_path.iterdir()
    }
    assert not {".env", "var", ".venv", ".git"} & {path.name for path in tmp_path.iterdir()}
    assert not list(tmp_path.rglob("__pycache__"))


def test_a_new_worker_is_timed_from_its_fork(nginx, new_database, small_town, monkeypatch):
    monkeypatch.setattr(starts, "TIMES", 2)
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    answered, shown = starts._forks(PLAN, Ground(url, small_town, 0.0, False, "", None, can_copy=False))
    assert len(answered) == len(shown) == 2
    for first, page in zip(answered, shown, strict=True):
        assert 0 < first <= page < 20


def test_a_site_that_does_not_come_back_is_told(monkeypatch):
    monkeypatch.setattr(starts, "READY_WITHIN", 0.05)
    with pytest.raises(BenchError, match="did not answer again"):
        starts._ask("http://127.0.0.1:9/")
