"""Asking for one's posts, watching, fetching."""

import pytest
from sqlalchemy import select

from microblog.core import posts, tasks
from microblog.faces.jobs import exports
from microblog.models import Job, Task


@pytest.fixture
def task(as_alice, db):
    """The task of an export that Alice has asked for."""
    as_alice.press("/export_posts")
    return db.scalars(select(Task)).one()


@pytest.mark.row("MT-22.1", "MT-22.2", "MT-D04")
def test_a_button_on_ones_own_profile_starts_it_once(as_alice, bob, db):
    assert "Export your posts" in as_alice.get("/user/alice").text
    assert "Export your posts" not in as_alice.get("/user/bob").text
    assert as_alice.get("/export_posts").status_code == 405
    answer = as_alice.press("/export_posts")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/user/alice")
    assert "Export your posts" not in as_alice.get("/user/alice").text
    as_alice.press("/export_posts")
    assert "An export task is currently in progress" in as_alice.flashes()
    assert len(db.scalars(select(Job)).all()) == 1


@pytest.mark.row("MT-22.5", "MT-22.6")
def test_every_page_shows_how_far_it_is(as_alice, task, db, counted):
    tasks.advance(db, task.id, 42)
    db.commit()
    for path in ("/", "/explore", "/nope"):
        page = as_alice.get(path).text
        assert f'<span id="{task.id}-progress">42</span>%' in page
        assert "Exporting posts..." in page
        assert "alert alert-success" in page
    with counted() as statements:
        as_alice.get("/explore")
    assert len(statements) == 2
    tasks.finish(db, task.id)
    db.commit()
    assert "Exporting posts..." not in as_alice.get("/").text


def test_the_file_is_for_whoever_asked_for_it(as_alice, task, alice, charlie, work, db, new_browser):
    posts.publish(db, alice.id, "mine", longest=300)
    path = f"/export/{task.id}/posts.json"
    assert as_alice.get(path).status_code == 404
    exports.create(work, task.id, alice.id)
    db.commit()
    answer = as_alice.get(path)
    assert answer.json["posts"][0]["body"] == "mine"
    assert "attachment" in answer.headers["Content-Disposition"]
    other = new_browser()
    assert other.get(path).status_code == 302
    other.log_in(charlie)
    assert other.get(path).status_code == 404
