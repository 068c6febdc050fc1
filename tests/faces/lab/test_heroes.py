"""Exercise 9: a page made from a template."""

import re

import pytest


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


@pytest.mark.row("LB-09", "LB-D3")
def test_a_name_is_greeted_and_stays_a_name(curl):
    assert "Hi, 필멸자 X!" in words(curl.get("/9/?name=X"))
    assert "Hi, 이름없는 용사!" in words(curl.get("/9/"))
    page = curl.get("/9/?name=<b>bold</b>").text
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page
