"""Who comes into the laboratory: anybody; only what is stored is counted."""

import pytest

from microblog.faces.lab.door import LIMITS


def test_nobody_needs_to_log_in_and_nobody_gets_a_cookie(curl):
    answer = curl.get("/1/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.row("LB-D8")
def test_counting_spends_an_allowance_and_reading_does_not(curl, having):
    having(rate_limits=True)
    assert curl.get("/13/increase").headers["X-RateLimit-Limit"] == str(LIMITS["count"].times)
    assert "X-RateLimit-Limit" not in curl.get("/1/").headers
