"""Exercise 13: a number that goes up by one, counted rightly in Postgres and wrongly in a process."""

import os
import re
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from microblog.app import Application
from microblog.core import counters
from microblog.faces.lab import counters as exhibit

from ...conftest import ROOT
from .conftest import Curl


def shown(page: str) -> list[int]:
    """The two numbers on the page: the process's, and that of Postgres."""
    return [int(number) for number in re.findall(r'class="counter-value">(\d+)<', page)]


@pytest.mark.row("LB-20")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_call_gives_the_next_number(curl, method):
    answers = [curl.open("/13/increase", method=method) for _ in range(10)]
    assert [answer.text for answer in answers] == [str(number) for number in range(1, 11)]
    assert {answer.content_type for answer in answers} == {"text/plain; charset=utf-8"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


@pytest.mark.row("LB-D8")
def test_to_look_is_not_to_count(curl, db):
    curl.post("/13/increase")
    for method, path in (("HEAD", "/13/increase"), ("OPTIONS", "/13/increase"), ("GET", "/13/"), ("HEAD", "/13/")):
        assert curl.open(path, method=method).status_code == 200
    assert counters.value(db, "lab") == 1


@pytest.mark.row("LB-D8")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_counting_is_one_statement(curl, counted, method):
    with counted() as statements:
        curl.open("/13/increase", method=method)
    assert len(statements) == 1
    assert "ON CONFLICT" in statements[0]
    assert "RETURNING" in statements[0]


@pytest.mark.row("LB-20", "LB-D8", "XC-03")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_threads_that_count_at_once_get_consecutive_numbers(settings, new_database, method):
    app = Application(replace(settings, database_url=new_database(), threads=8))
    try:
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda _: int(Curl(app).open("/13/increase", method=method).text), range(100)))
    finally:
        app.database.close()
    assert sorted(numbers) == list(range(1, 101))


@pytest.mark.row("LB-22")
def test_the_page_shows_both_numbers_beside_the_process_and_the_thread(curl, db, monkeypatch):
    monkeypatch.setattr(exhibit, "counted", 4711)  # as in another process
    counters.increase(db, "lab", by=40)
    db.commit()
    page = curl.get("/13/").text
    assert shown(page) == [4711, 40]
    assert f"<dd>{os.getpid()}</dd>" in page
    assert f"<dd>{threading.current_thread().name}</dd>" in page


@pytest.mark.row("LB-20", "LB-22")
def test_the_button_counts_in_both_places_and_leads_back(curl, monkeypatch):
    monkeypatch.setattr(exhibit, "counted", 0)
    form = re.search(r'<form class="buttons" method="post" action="/microblog/lab([^"]+)"', curl.get("/13/").text)
    assert form
    answer = curl.post(form[1])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/lab/13/")
    assert shown(curl.get("/13/").text) == [1, 1]


@pytest.mark.row("LB-22")
def test_the_exhibit_is_the_only_global_of_the_house():
    words = ["git", "grep", "--untracked", "-lE", r"^\s+global ", "--", "microblog", "wsgi.py", "deploy"]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["microblog/faces/lab/counters.py"]
    assert "How NOT to do it" in Path(exhibit.__file__).read_text("utf-8")
