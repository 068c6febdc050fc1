"""Exercise 13: a number that goes up by one, counted rightly and wrongly."""

import os

import pytest

from microblog.faces.lab import counters


@pytest.mark.row("LB-20", "LB-D8")
def test_each_call_gives_the_next_number(curl):
    first = int(curl.get("/13/increase").text)
    assert [int(curl.get("/13/increase").text) for _ in range(9)] == list(range(first + 1, first + 10))
    assert int(curl.post("/13/increase").text) == first + 10


def test_to_look_is_not_to_count(curl):
    first = int(curl.get("/13/increase").text)
    curl.head("/13/increase")
    assert int(curl.get("/13/increase").text) == first + 1


@pytest.mark.row("LB-22")
def test_the_page_shows_both_numbers_beside_the_process_and_the_thread(curl, monkeypatch):
    number = curl.get("/13/increase").text
    monkeypatch.setattr(counters, "counted", 4711)  # as in another process
    page = curl.get("/13/").text
    for shown in (number, "4711", str(os.getpid()), "MainThread"):
        assert shown in page


def test_the_button_counts_and_leads_back(curl):
    before = int(curl.get("/13/increase").text)
    answer = curl.post("/13/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/lab/13/")
    assert int(curl.get("/13/increase").text) == before + 2
