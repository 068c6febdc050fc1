"""page: one file that asks nobody for anything, and fits a phone."""

import json
import re

import pytest
from justhtml import JustHTML

from microblog.bench import page, report

from .conftest import SAMPLE


@pytest.fixture(scope="module")
def sample():
    return json.loads(SAMPLE.read_text("utf-8"))


def drawn(sample) -> str:
    return page.html(sample, report.heading(sample), report.noise(sample), report.exactness(sample))


def test_it_is_valid_html(sample):
    document = JustHTML(drawn(sample), collect_errors=True, sanitize=False)
    assert document.errors == []


def test_it_is_whole_in_itself(sample):
    text = drawn(sample)
    assert "<script" not in text
    assert not re.search(r"https?://|url\(|@import|<link|<img", text)


def test_each_product_load_has_its_charts_and_the_home_timeline_the_limit_beside_it(sample):
    text = drawn(sample)
    assert text.count("<svg ") == 4 * 3 + 1
    assert text.count('class="mark"') == len(sample["points"])
    for words in ("Home timeline", "Reading", "Reading and writing", "Writing"):
        assert text.count(f"<h3>{words}</h3>") == 3


def test_what_is_not_exact_is_seen_first(sample):
    spoiled = json.loads(json.dumps(sample))
    spoiled["points"][0]["violations"] = ["Lost: <everything>."]
    text = drawn(spoiled)
    assert '<div class="tile wrong"><b>Not exact</b>' in text
    assert "Lost: &lt;everything&gt;." in text
    assert '<div class="tile wrong">' not in drawn(sample)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_its_window_and_can_be_read(chrome, sample, tmp_path, width, scheme):
    (tmp_path / "report.html").write_text(drawn(sample), "utf-8")
    with chrome.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme) as window:
        complaints: list[str] = []
        window.on("console", lambda message: complaints.append(message.text))
        window.goto((tmp_path / "report.html").as_uri())
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        letters = window.evaluate("[...document.querySelectorAll('svg text')].map(each => each.getBoundingClientRect().height)")
        assert min(letters) > 10
        inside = window.evaluate(
            "[...document.querySelectorAll('figure')].every(figure => [...figure.querySelectorAll('svg text')].every(each =>"
            " each.getBoundingClientRect().right <= figure.getBoundingClientRect().right))"
        )
        assert inside
    assert complaints == []
