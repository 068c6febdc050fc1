"""Exercises 1 and 2: three addresses, and which methods they take."""

import pytest


@pytest.mark.row("LB-01")
@pytest.mark.parametrize(("path", "words"), [("/1/", "Hello, World!"), ("/1/bad", "Bad World!"), ("/1/good", "Good World!")])
def test_three_addresses_say_three_things_and_no_other_does(curl, path, words):
    assert (curl.get(path).status_code, curl.get(path).text) == (200, words)
    assert curl.get("/1/ugly").status_code == 404
    assert curl.post(path).status_code == 405


@pytest.mark.row("LB-02")
def test_in_the_second_one_of_them_also_takes_post(curl):
    assert (curl.post("/2/bad").status_code, curl.post("/2/bad").text) == (200, "Bad World!")
    for path in ("/2/", "/2/good"):
        answer = curl.post(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
