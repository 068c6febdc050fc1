"""Who comes into the laboratory: anybody, as long as the operator leaves it open; only what is stored is counted."""

from dataclasses import replace

import pytest

from microblog import urls
from microblog.core import counters
from microblog.faces.lab.door import LIMITS


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Cookie": "mb_x=nonsense"}])
def test_nobody_needs_to_say_who_they_are_and_nobody_gets_a_cookie(curl, headers):
    answer = curl.get("/1/", headers=headers)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nobody_is_looked_up_and_nothing_is_asked_of_postgres(as_alice, counted):
    with counted() as statements:
        for path in ("/lab/", "/lab/1/", "/lab/3/a/b", "/lab/7/", "/lab/9/", "/lab/10/", "/lab/10/1/+/1", "/lab/11/"):
            assert as_alice.get(path).status_code == 200
        assert as_alice.post("/lab/12/", json={"name": "x"}).status_code == 200
        assert as_alice.get("/lab/nope").status_code == 404
    assert statements == []


def test_pages_of_other_origins_may_try_it(curl):
    answer = curl.options("/8/", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.row("LB-D8")
def test_counting_spends_an_allowance_whichever_way_one_counts_and_nothing_else_does(curl, having, db, monkeypatch):
    having(rate_limits=True)
    monkeypatch.setitem(LIMITS, "count", replace(LIMITS["count"], times=3))
    ways = [("GET", "/13/increase"), ("POST", "/13/increase"), ("POST", "/13/")]
    assert [curl.open(path, method=method).headers["X-RateLimit-Remaining"] for method, path in ways] == ["2", "1", "0"]
    for method, path in ways:
        answer = curl.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (429, "text/plain")
        assert int(answer.headers["Retry-After"]) > 0
    assert curl.get("/13/").status_code == curl.post("/6/").status_code == 200
    assert "X-RateLimit-Limit" not in curl.get("/1/").headers
    assert counters.value(db, "lab") == 3


def test_two_hundred_who_press_at_once_are_within_the_allowance():
    assert LIMITS["count"].times > 10 * 200


@pytest.mark.parametrize("path", ["/", "", "/1/", "/13/increase", "/10/12/*/5"])
def test_a_closed_laboratory_is_not_there(app, curl, db, monkeypatch, path):
    monkeypatch.setattr(app, "urls", urls.bind_outside(replace(app.config, lab=False)))
    answer = curl.get(path)
    assert answer.status_code == 404
    assert "File Not Found" in answer.text, "the web says so, in its own clothes"
    assert counters.value(db, "lab") == 0
