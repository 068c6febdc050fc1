"""What Prometheus asks, and that nobody else is told."""

from types import SimpleNamespace

import pytest

TOKEN = "a token of thirty-two characters!"


@pytest.fixture
def measured(app, having, monkeypatch):
    """An application that counts; the counting itself is shown in tests/framework and tests/deploy."""
    monkeypatch.setattr(app, "meters", SimpleNamespace(exposition=lambda further: repr([each.name for each in further]).encode()))
    having(metrics_token=TOKEN)


def ask(browser, said: str | None):
    return browser.get("/metrics", headers={"Authorization": said} if said is not None else {})


def test_whoever_sends_the_token_is_told(browser, measured):
    answer = ask(browser, f"Bearer {TOKEN}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    for name in ("microblog_jobs", "microblog_oldest_job_seconds", "microblog_workers", "microblog_people", "microblog_build"):
        assert name in answer.text


@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} ", "Bearer é"])
def test_nobody_else_is(browser, measured, said):
    answer = ask(browser, said)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "microblog_" not in answer.text


def test_without_a_token_in_the_settings_there_is_no_such_page(browser):
    assert ask(browser, "Bearer ").status_code == 404


def test_it_costs_one_query(browser, measured, counted):
    with counted() as statements:
        ask(browser, f"Bearer {TOKEN}")
    assert len(statements) == 1
