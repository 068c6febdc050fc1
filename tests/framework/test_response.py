"""Answers: HTML by default, on to the next page with GET, and the headers that keep strangers out of a page."""

import pytest

from microblog.framework.response import SECURITY_HEADERS, Response, plain, redirect


def test_an_answer_is_html_in_utf_8():
    assert Response("<p>한글").headers["Content-Type"] == "text/html; charset=utf-8"
    assert Response("<p>한글").data.decode() == "<p>한글"


@pytest.mark.row("MT-09.2")
def test_after_a_form_the_browser_goes_on_with_get():
    answer = redirect("/microblog/")
    assert (answer.status_code, answer.headers["Location"], answer.data) == (303, "/microblog/", b"")


def test_another_kind_of_detour_can_be_named():
    assert redirect("/microblog/", 308).status_code == 308


def test_a_few_words_are_text():
    answer = plain("alive\n")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/plain", b"alive\n")
    assert plain("no", 503, Retry_After="5").status_code == 503


def test_a_page_may_use_only_what_is_ours():
    policy = dict(rule.split(" ", 1) for rule in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
