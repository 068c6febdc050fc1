"""Pages of the laboratory come in the reader's language, without scripts or styles of their own."""

import pytest


@pytest.mark.parametrize("path", ["/", "/9/", "/10/", "/13/"])
def test_a_page_speaks_the_language_that_is_asked_for(curl, path):
    page = curl.get(path, headers={"Accept-Language": "ko"})
    assert (page.status_code, page.headers["Content-Language"]) == (200, "ko")
    assert "Accept-Language" in page.headers["Vary"]
    assert "<style" not in page.text
