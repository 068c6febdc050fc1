"""Exercises 1 and 2: three addresses, and which methods they take."""

import pytest


@pytest.mark.row("LB-01")
@pytest.mark.parametrize("exercise", [1, 2])
@pytest.mark.parametrize(("path", "words"), [("", "Hello, World!"), ("bad", "Bad World!"), ("good", "Good World!")])
def test_three_addresses_say_three_things(curl, exercise, path, words):
    answer = curl.get(f"/{exercise}/{path}")
    assert (answer.status_code, answer.text) == (200, words)


@pytest.mark.row("LB-01")
@pytest.mark.parametrize("path", ["/1/ugly", "/1/bad/", "/2/Bad", "/14/", "/0/", "/01/", "/nope"])
def test_no_other_does(curl, path):
    assert curl.get(path).status_code == 404


@pytest.mark.row("LB-25")
def test_without_its_last_slash_an_address_leads_on_whatever_host_one_came_by(curl):
    answer = curl.get("/1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/microblog/lab/1/")


@pytest.mark.row("LB-02")
def test_in_the_second_one_of_them_also_takes_post(curl):
    answer = curl.post("/2/bad")
    assert (answer.status_code, answer.text) == (200, "Bad World!")
    assert curl.options("/2/bad").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.row("LB-02")
@pytest.mark.parametrize("path", ["/2/", "/2/good", "/1/", "/1/bad"])
def test_the_others_say_that_they_do_not(curl, path):
    answer = curl.post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
