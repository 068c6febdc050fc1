"""What has come of an export is a file for a day, for its owner."""

import json

import pytest
from sqlalchemy import func, update

from microblog.core import tasks
from microblog.models import Task

POSTS = {"posts": [{"body": "한글😀", "timestamp": "2026-11-20T12:00:00Z"}]}


@pytest.fixture
def path(program, db):
    task_id = program.post("/api/exports").json["id"]
    assert program.get(f"/api/exports/{task_id}/posts.json").status_code == 404
    tasks.finish(db, task_id, result=json.dumps(POSTS).encode())
    db.commit()
    return f"/api/exports/{task_id}/posts.json"


@pytest.mark.row("MT-22.14", "XC-09")
def test_the_file_is_as_it_was_made(program, path):
    answer = program.get(path)
    assert (answer.status_code, answer.mimetype, answer.json) == (200, "application/json", POSTS)
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.row("MT-22.14")
def test_it_is_its_owners_alone_and_for_a_day(program, new_program, bob, path, db):
    assert new_program(bob).get(path).status_code == 404
    db.execute(update(Task).values(finished_at=func.now() - tasks.RESULT_KEPT_FOR * 2))
    db.commit()
    answer = program.get(path)
    assert (answer.status_code, answer.json["message"]) == (404, "This file is not there any more.")
