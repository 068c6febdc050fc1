"""Faces that take no cookies may be talked to by pages of any origin; the web may not."""

import pytest

from microblog.framework import origins
from microblog.urls import FACES

ASKING = {
    "Origin": "https://elsewhere.test",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def test_the_answer_names_methods_and_headers():
    answer = origins.preflight(["OPTIONS", "POST"])
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (200, "OPTIONS, POST")
    for name in ("Authorization", "Content-Type", "Idempotency-Key", "uid"):
        assert name in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.row("VT-06", "MN-20")
@pytest.mark.parametrize("path", ["/api/posts", "/miniter/login", "/ballot/vote", "/tokenauth/auth", "/lab/2/bad"])
def test_a_browser_that_asks_first_hears_yes(browser, path):
    answer = browser.options(path, headers=ASKING)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.row("VT-06")
@pytest.mark.parametrize("path", ["/api/nope", "/miniter/nope", "/ballot/nope", "/tokenauth/nope", "/lab/nope"])
def test_what_went_wrong_can_be_read_from_elsewhere_too(browser, path):
    answer = browser.get(path, headers={"Origin": "https://elsewhere.test"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/auth/login", "/nope"])
def test_the_web_stays_closed_to_other_origins(browser, path):
    for method in ("GET", "OPTIONS"):
        answer = browser.open(path, method=method, headers=ASKING)
        assert not [name for name in [key for key, _ in answer.headers] if name.startswith("Access-Control")]


def test_who_reads_cookies_is_not_open():
    assert {face.name for face in FACES if not face.is_open} == {"web"}
