"""Exercises 3, 4 and 5: an address that speaks, with one status or another, and with a header."""

import pytest


@pytest.mark.row("LB-03", "XC-09")
def test_a_greeting_and_a_name_make_a_sentence_in_any_script(curl):
    answer = curl.get("/3/Hello/JongHyun")
    assert (answer.status_code, answer.text) == (200, "Hello, JongHyun!")
    assert "MY_HEADER" not in answer.headers
    assert curl.get("/3/%EC%95%88%EB%85%95/%EC%A2%85%ED%98%84%20%F0%9F%98%80").text == "안녕, 종현 😀!"


@pytest.mark.row("LB-03")
@pytest.mark.parametrize("path", ["Hello/a/b", "Hello/a%2Fb", "Hello/", "Hello", ""])
def test_it_is_two_words_and_no_more(curl, path):
    assert curl.get(f"/3/{path}").status_code == 404


@pytest.mark.row("LB-04")
def test_the_same_words_can_come_with_a_404(curl):
    answer = curl.get("/4/Hello/JongHyun")
    assert (answer.status_code, answer.text) == (404, "Hello, JongHyun!")
    assert "MY_HEADER" not in answer.headers


@pytest.mark.row("LB-05", "LB-D11")
def test_and_with_a_header_of_ones_own(curl):
    answer = curl.get("/5/Hello/JongHyun")
    assert (answer.status_code, answer.text, answer.headers["MY_HEADER"]) == (404, "Hello, JongHyun!", "1234")


@pytest.mark.row("LB-D3")
@pytest.mark.parametrize("exercise", [3, 4, 5])
def test_what_stands_in_the_address_comes_back_as_text(curl, exercise):
    answer = curl.get(f"/{exercise}/<b>/<script>alert(1)<script>")
    assert answer.text == "<b>, <script>alert(1)<script>!"
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.row("LB-D12")
@pytest.mark.parametrize("path", ["/Hello/JongHyun", "/lab/Hello/JongHyun", "/lab/30/Hello/JongHyun", "/auth/nothing"])
def test_it_swallows_no_address_of_anybody_else(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Hello, " not in answer.text


@pytest.mark.parametrize("path", ["\xff/x", "a/\nb", "\xed\xa0\x80/x", "a\0/b"])
def test_bytes_that_are_no_text_are_a_400(curl, path):
    answer = curl.get("/3/", environ_overrides={"PATH_INFO": f"/lab/3/{path}"})
    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
