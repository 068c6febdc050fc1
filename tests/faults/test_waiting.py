"""More to do than there are connections, and locks that others hold: refusals that say when to come again, and no word of an error."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from microblog.app import Application

from ..conftest import Browser
from .conftest import Stage

LONGEST = 10.0  # seconds; two waits of two for a lock, and as many before that for a thread


@pytest.mark.row("MT-D11")
def test_a_table_that_somebody_has_locked_is_a_503_and_all_is_well_after_it(stage: Stage):
    """All four threads, and so all connections, wait for `posts` while more requests come.

    Seen to fail when a build waits longer for a lock than anybody would (FAULTS_SPOILED=patient), or says 500 (blunt).
    """
    with stage.crowd() as crowd:
        with stage.site.database.writing() as db:
            db.execute(text("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE"))
            time.sleep(2.5 + stage.seconds / 10)  # longer than a request waits for a lock
            db.rollback()
        crowd.wait_until_back()
        crowd.wait_for(20)
    assert crowd.ledger.statuses[503] > 0
    slowest = max(reply.ended - reply.began for reply in crowd.ledger.replies)
    assert slowest < LONGEST, f"somebody waited {slowest:.1f} s"


@pytest.mark.row("MT-D11")
def test_a_pool_that_is_empty_is_a_503_and_the_next_one_is_served(settings, new_database, monkeypatch):
    """The pool of a process has a place for each thread, so this takes a program that keeps one for itself.

    Seen to fail when that is an error like others (`fault_of` without what it says of exc.TimeoutError: 500).
    """
    monkeypatch.setattr("microblog.app.PAUSES_WHILE_AWAY", (0.05,))
    app = Application(replace(settings, database_url=new_database(), threads=1))
    app.database.engine.pool._timeout = 0.1  # type: ignore[attr-defined]  not the two seconds of everyday
    browser = Browser(app)
    fields = {"csrf_token": browser.token("/auth/login"), "username": "nobody", "password": "correct horse"}
    with app.database.reading() as db:
        db.connection()
        answers = [browser.post("/auth/login", data=fields)]
    assert answers[0].status_code == 503
    assert int(answers[0].headers["Retry-After"]) > 0
    assert browser.post("/auth/login", data=fields).status_code == 422
    app.database.close()


@pytest.mark.row("MT-D11")
def test_a_place_that_becomes_free_in_time_costs_nobody_a_refusal(settings, new_database):
    """Seen to fail when an empty pool is not tried again (`PAUSES_WHILE_AWAY = ()`)."""
    app = Application(replace(settings, database_url=new_database(), threads=1))
    app.database.engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    browser = Browser(app)
    fields = {"csrf_token": browser.token("/auth/login"), "username": "nobody", "password": "correct horse"}
    held = app.database.reading()
    held.connection()
    threading.Timer(0.3, held.close).start()
    assert browser.post("/auth/login", data=fields).status_code == 422
    app.database.close()
