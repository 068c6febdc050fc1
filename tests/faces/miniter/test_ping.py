"""Whether anybody is there."""

import pytest


@pytest.mark.row("MN-01")
def test_ping_says_pong_to_everybody_and_needs_no_database(stranger, counted):
    with counted() as statements:
        answer = stranger.get("/ping")
    assert (answer.status_code, answer.text) == (200, "pong")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert statements == []


@pytest.mark.row("MN-01")
def test_ping_is_only_for_reading(stranger):
    answer = stranger.post("/ping")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
