"""The laboratory's own page says what each exercise shows, and everything on it can be pressed."""

import re
from html import unescape

import pytest

from .test_callables import sent_by_a_form

FORM = re.compile(r'<form method="post" action="/microblog/lab([^"]+)"(?: enctype="([^"]+)")?>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r"<input type=\"hidden\" name='([^']*)' value='([^']*)'>")


@pytest.fixture
def page(curl) -> str:
    answer = curl.get("/")
    assert answer.status_code == 200
    return answer.text


def test_every_exercise_has_a_name_a_sentence_and_something_to_press(page):
    items = page.split('<li id="exercise-')[1:]
    assert len(items) == 13
    for number, item in enumerate(items, 1):
        assert re.search(r"<h2>[^<]{4,}</h2>\s*<p>.{12,}</p>", item), number
        assert f'="/microblog/lab/{number}/' in item


@pytest.mark.row("XC-02")
def test_every_link_leads_to_an_answer_of_its_exercise(page, curl):
    links = [unescape(link) for link in re.findall(r'class="request" href="/microblog/lab([^"]+)"', page)]
    assert len(links) > 13
    for link in links:
        expected = 404 if link.startswith(("/4/", "/5/")) else 400 if "**" in link else 200
        assert curl.get(link).status_code == expected, link


def test_every_button_sends_what_it_says(page, curl):
    answers = {}
    for path, enctype, inside in FORM.findall(page):
        hidden = HIDDEN.search(inside)
        body = sent_by_a_form(unescape(hidden[1]), unescape(hidden[2])) if hidden else b""
        answer = curl.post(path, data=body, content_type=enctype or "application/x-www-form-urlencoded")
        answers[path, bool(hidden)] = answer.status_code, answer.text
    assert answers["/2/bad", False] == (200, "Bad World!")
    assert answers["/2/good", False][0] == 405
    assert '"key1": "value"' in answers["/8/", True][1]
    assert '"key1": "No key"' in answers["/8/", False][1]
    assert answers["/12/", True] == (200, "Hello World JongHyun")
    assert answers["/12/", False][0] == 400
    assert answers["/13/increase", False] == (200, "1")


def test_addresses_are_shown_as_people_read_them(page):
    assert "<code>/microblog/lab/3/안녕/정현</code>" in page
    assert "<code>/microblog/lab/9/?name=&lt;b&gt;</code>" in page


def test_the_page_is_found_without_its_last_slash(curl):
    assert curl.get("").headers["Location"] == "/microblog/lab/"
