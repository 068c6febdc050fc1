"""What Prometheus asks, and that nobody else is told."""

from types import SimpleNamespace

import psycopg2
import pytest

from microblog.core import figures

TOKEN = "a token of thirty-two characters!"


@pytest.fixture
def measured(app, having, monkeypatch):
    """An application that counts; the counting itself is shown in tests/framework and tests/deploy."""
    exposition = lambda further: repr([each.name for each in further]).encode()  # noqa: E731
    meters = SimpleNamespace(exposition=exposition, take=lambda: None, give=lambda: None, note=lambda *of: None)
    monkeypatch.setattr(app, "meters", meters)
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


def test_while_postgres_is_away_the_counters_are_told_all_the_same(browser, measured, monkeypatch):
    """Seen to fail where the page asked for figures without which it had nothing to say: it was a 503."""

    def away(db) -> None:
        raise psycopg2.OperationalError("the server is starting up")

    monkeypatch.setattr(figures, "all_of", away)
    answer = ask(browser, f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert "microblog_database_up" in answer.text
    assert "microblog_jobs" not in answer.text


def test_what_is_wrong_with_us_is_not_taken_for_a_postgres_that_is_away(browser, measured, monkeypatch):
    monkeypatch.setattr(figures, "all_of", lambda db: db.no_such_thing)
    assert ask(browser, f"Bearer {TOKEN}").status_code == 500


def test_a_replica_is_told_of_whether_it_answers_or_not(browser, app, measured, monkeypatch):
    monkeypatch.setattr(app, "replica", SimpleNamespace(is_avoided=False, behind=lambda position: 17, database=None))
    assert "microblog_replica_lag_bytes" in ask(browser, f"Bearer {TOKEN}").text
    monkeypatch.setattr(app.replica, "is_avoided", True)
    answer = ask(browser, f"Bearer {TOKEN}")
    assert "microblog_replica_up" in answer.text
    assert "microblog_replica_lag_bytes" not in answer.text


def test_it_costs_one_query(browser, measured, counted):
    with counted() as statements:
        ask(browser, f"Bearer {TOKEN}")
    assert len(statements) == 1
