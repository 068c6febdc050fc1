"""Pages of the laboratory come in the reader's language, below the prefix, and for nobody in particular."""

import pytest
from sqlalchemy import update

from microblog.models import User

PAGES = ["/", "/9/", "/10/", "/13/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_the_language_that_is_asked_for(curl, path):
    page = curl.get(path, headers={"Accept-Language": "ko"})
    assert (page.status_code, page.headers["Content-Language"]) == (200, "ko")
    assert '<html lang="ko">' in page.text
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.row("LB-D4", "XC-02")
@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_a_page_carries_the_prefix(curl, path):
    text = curl.get(path).text
    for attribute in ("href", "src", "action"):
        for value in text.split(f' {attribute}="')[1:]:
            assert value.startswith(("/microblog/", "#")), value[:60]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_known_here(as_alice, db, path):
    db.execute(update(User).values(language="es"))
    db.commit()
    page = as_alice.get(f"/lab{path}")
    assert page.headers["Content-Language"] == "en"
    assert "alice" not in page.text
    assert "csrf_token" not in page.text
    assert "Set-Cookie" not in page.headers
