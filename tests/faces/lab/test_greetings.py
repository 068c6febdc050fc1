"""Exercises 3, 4 and 5: an address that speaks."""

import pytest


@pytest.mark.row("LB-03", "LB-D12", "XC-09")
def test_a_greeting_and_a_name_make_a_sentence_in_any_script(curl, browser):
    assert curl.get("/3/Hello/JongHyun").text == "Hello, JongHyun!"
    assert curl.get("/3/%EC%95%88%EB%85%95/%EC%A2%85%ED%98%84").text == "안녕, 종현!"
    assert curl.get("/3/a/b/c").status_code == 404
    assert browser.get("/Hello/JongHyun").status_code == 404  # it swallows no address of anybody else


@pytest.mark.row("LB-04")
def test_the_same_words_can_come_with_a_404(curl):
    answer = curl.get("/4/Hello/JongHyun")
    assert (answer.status_code, answer.text) == (404, "Hello, JongHyun!")


@pytest.mark.row("LB-05", "LB-D11")
def test_and_with_a_header_of_ones_own(curl):
    answer = curl.get("/5/Hello/JongHyun")
    assert (answer.status_code, answer.text, answer.headers["MY_HEADER"]) == (404, "Hello, JongHyun!", "1234")


@pytest.mark.row("LB-D3")
def test_what_stands_in_the_address_comes_back_as_text(curl):
    answer = curl.get("/3/<script>alert(1)<%2Fscript>/x")
    assert answer.status_code in (200, 404)
    assert answer.mimetype == "text/plain"
