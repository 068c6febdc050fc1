"""The export of somebody's posts."""

import json
import smtplib

import pytest
from sqlalchemy import select

from microblog.core import posts, tasks
from microblog.faces.jobs import exports
from microblog.models import Task


def start(db, person):
    return tasks.start(db, person.id, "jobs.exports.create", "Exporting posts...")


@pytest.mark.row("MT-22.7", "MT-22.8", "MT-22.11")
def test_the_letter_brings_all_posts_oldest_first(work, db, alice, bob):
    for body in ("first 한글", "second 😀"):
        posts.publish(db, alice.id, body, longest=300)
    posts.publish(db, bob.id, "not mine", longest=300)
    task_id = start(db, alice)
    exports.create(work, task_id, alice.id)
    (letter,) = work.post_office.letters
    assert letter["Subject"] == "[Microblog] Your blog posts"
    (attachment,) = letter.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("posts.json", "application/json")
    document = attachment.get_content()
    found = json.loads(document)["posts"]
    assert [post["body"] for post in found] == ["first 한글", "second 😀"]
    assert all(post["timestamp"].endswith("Z") for post in found)
    assert b'\n    "posts": [\n        {\n            "body"' in document
    assert f"http://localhost/microblog/export/{task_id}/posts.json" in letter.get_body(("plain",)).get_content()
    assert tasks.result(db, alice.id, task_id) == document


@pytest.mark.row("MT-D25")
def test_somebody_who_has_said_nothing_gets_an_empty_file(work, db, alice):
    task_id = start(db, alice)
    exports.create(work, task_id, alice.id)
    assert json.loads(tasks.result(db, alice.id, task_id)) == {"posts": []}
    assert db.scalars(select(Task)).one().complete


@pytest.mark.row("MT-D29", "MT-22.9")
def test_a_letter_that_cannot_be_sent_leaves_the_task_open_for_the_next_try(work, db, alice, monkeypatch):
    def refuse(_letter):
        raise smtplib.SMTPServerDisconnected("gone")

    task_id = start(db, alice)
    monkeypatch.setattr(work.post_office, "deliver", refuse)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        exports.create(work, task_id, alice.id)
    assert not db.scalars(select(Task)).one().complete


@pytest.mark.row("MT-22.10")
def test_the_pause_at_each_post_is_only_for_show(work, db, alice, having, monkeypatch):
    pauses = []
    monkeypatch.setattr("time.sleep", pauses.append)
    posts.publish(db, alice.id, "one", longest=300)
    exports.create(work, start(db, alice), alice.id)
    assert pauses == [0]
