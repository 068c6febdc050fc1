"""An export is asked for, watched and fetched by whoever asked for it."""

import json

import pytest
from sqlalchemy import func, select

from microblog.core import tasks
from microblog.models import Job, Task


@pytest.mark.row("MT-22.1", "MT-D28")
def test_an_export_is_started_once_and_can_be_watched(program, db):
    answer = program.post("/api/exports")
    assert answer.status_code == 201
    made = answer.json
    assert answer.headers["Location"] == made["_links"]["self"] == f"/microblog/api/exports/{made['id']}"
    assert (made["description"], made["progress"], made["is_complete"]) == ("Exporting posts...", 0, False)
    assert (made["has_failed"], made["finished_at"], made["_links"]["file"]) == (False, None, None)
    again = program.post("/api/exports")
    assert (again.status_code, again.json["message"]) == (409, "An export task is currently in progress")
    tasks.advance(db, made["id"], 40)
    db.commit()
    assert program.get(answer.headers["Location"]).json["progress"] == 40
    assert db.scalars(select(Job.name)).all() == ["jobs.exports.create"]
    tasks.finish(db, made["id"], result=json.dumps({"posts": []}).encode())
    db.commit()
    done = program.get(answer.headers["Location"]).json
    assert (done["progress"], done["is_complete"]) == (100, True)
    assert done["_links"]["file"] == f"/microblog/api/exports/{made['id']}/posts.json"
    assert program.get("/api/exports").json["items"] == [done]
    assert program.get(done["_links"]["file"]).json == {"posts": []}


def test_what_is_shown_of_it_is_in_the_readers_language(program):
    said = {
        language: program.open("/api/exports", method="GET" if number else "POST", headers={"Accept-Language": language})
        for number, language in enumerate(("en", "es", "ko"))
    }
    assert said["en"].json["description"] == "Exporting posts..."
    assert len({said["en"].json["description"], *(said[code].json["items"][0]["description"] for code in ("es", "ko"))}) == 3


def test_an_export_that_failed_says_so(program, db):
    made = program.post("/api/exports").json
    tasks.finish(db, made["id"], failed=True)
    db.commit()
    failed = program.get(made["_links"]["self"]).json
    assert (failed["is_complete"], failed["has_failed"], failed["_links"]["file"]) == (True, True, None)
    assert program.post("/api/exports").status_code == 201


@pytest.mark.row("MT-22.14")
def test_the_exports_of_others_are_not_there(program, new_program, bob):
    made = program.post("/api/exports").json
    other = new_program(bob)
    assert other.get("/api/exports").json["items"] == []
    assert other.get(made["_links"]["self"]).status_code == 404
    for task_id in ("x", "%E2%88%9E", "a" * 300, made["id"].upper() + "x"):
        assert program.get(f"/api/exports/{task_id}").status_code == 404


def test_a_stranger_starts_none(stranger, db):
    assert stranger.post("/api/exports").status_code == 401
    assert db.scalar(select(func.count()).select_from(Task)) == 0
