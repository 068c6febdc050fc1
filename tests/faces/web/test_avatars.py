"""The pictures the server draws."""

import xml.etree.ElementTree as xml

import pytest


@pytest.mark.row("MT-06.3")
def test_everybody_has_a_picture_that_stays_the_same(browser, counted):
    with counted() as statements:
        first, again, other = (browser.get(f"/avatar/{number}.svg") for number in (1, 1, 2))
    assert first.mimetype == "image/svg+xml"
    assert first.data == again.data != other.data
    assert "immutable" in first.headers["Cache-Control"]
    assert statements == []
    assert xml.fromstring(first.text).tag == "{http://www.w3.org/2000/svg}svg"
