"""Exercise 9: a page made from a template."""

import pytest


@pytest.mark.row("LB-09")
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Hi, 이름없는 용사!"),
        ("?name=", "Hi, 이름없는 용사!"),
        ("?name=X", "Hi, 필멸자 X!"),
        ("?name=%EC%A2%85", "Hi, 필멸자 종!"),
    ],
)
def test_the_page_greets_whom_it_is_told(curl, query, words):
    answer = curl.get(f"/9/{query}")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert f">{words}</h1>" in answer.text


@pytest.mark.row("LB-09", "LB-D3")
def test_a_name_stays_a_name(curl):
    page = curl.get('/9/?name=<b>"x').text
    assert "Hi, 필멸자 &lt;b&gt;&#34;x!" in page
    assert "<b>" not in page
