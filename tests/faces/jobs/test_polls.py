"""The end of a poll: the author hears of it, then everybody who has voted, so many at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from microblog.core import polls, posts, votes
from microblog.faces.jobs import polls as jobs
from microblog.models import Job, Notification, Poll


@pytest.fixture
def poll(db, alice, bob, charlie) -> int:
    post_id = posts.publish(db, alice.id, "And?", longest=300, poll=polls.NewPoll(["a", "b"], timedelta(hours=1)))
    poll_id = db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()
    for voter in (bob, charlie):
        votes.cast(db, voter.id, poll_id, [1])
    return poll_id


def promised(db) -> list[dict]:
    return list(db.scalars(select(Job.arguments).where(Job.name == "jobs.polls.tell").order_by(Job.id)))


def told(db) -> list[int]:
    return list(db.scalars(select(Notification.user_id).where(Notification.kind == "poll").order_by(Notification.user_id)))


def test_a_poll_that_is_over_is_told_to_its_author_and_then_to_its_voters(work, db, poll, alice, bob, charlie):
    polls.close(db, poll)
    jobs.close(work, poll_id=poll)
    assert (told(db), promised(db)) == ([alice.id], [{"poll_id": poll}])
    jobs.tell(work, **promised(db)[0])
    assert told(db) == sorted([alice.id, bob.id, charlie.id])
    jobs.close(work, poll_id=poll)  # another worker's, or a second try
    assert len(promised(db)) == 1


def test_whoever_is_left_is_told_by_the_next_job(work, db, poll, monkeypatch, alice, bob, charlie):
    monkeypatch.setattr(polls, "TOLD_AT_ONCE", 1)
    polls.close(db, poll)
    jobs.tell(work, poll_id=poll)
    assert promised(db) == [{"poll_id": poll, "above": bob.id}]
    jobs.tell(work, **promised(db)[0])
    assert told(db) == [bob.id, charlie.id]


def test_a_poll_that_is_open_or_gone_is_left_alone(work, db, poll):
    jobs.close(work, poll_id=poll)
    jobs.close(work, poll_id=poll + 1)
    jobs.tell(work, poll_id=poll + 1)
    assert told(db) == []
