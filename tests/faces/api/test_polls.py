"""A poll hides its results until one has voted or it is closed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import polls, posts, votes
from microblog.core.polls import NewPoll
from microblog.models import Poll, User


@pytest.fixture
def poll_id(db, alice) -> int:
    poll = NewPoll(("yes", "no"), timedelta(hours=1))
    post_id = posts.publish(db, alice.id, "well?", longest=300, poll=poll)
    db.commit()
    return db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()


def results(answer):
    assert answer.status_code == 200, answer.text
    return [(each["votes"], each["percent"], each["is_own"]) for each in answer.json["choices"]]


def test_results_are_hidden_from_who_has_not_voted(program, new_program, bob, poll_id, db):
    votes.cast(db, bob.id, poll_id, [2])
    db.commit()
    path = f"/api/polls/{poll_id}"
    assert results(program.get(path)) == [(None, None, False), (None, None, False)]
    assert program.get(path).json["voter_count"] == 1
    assert results(new_program(bob).get(path)) == [(0, 0, False), (1, 100, True)]


def test_a_closed_poll_shows_its_results_to_everybody(program, bob, poll_id, db):
    votes.cast(db, bob.id, poll_id, [2])
    polls.close(db, poll_id)
    db.commit()
    answer = program.get(f"/api/polls/{poll_id}")
    assert answer.json["is_closed"]
    assert results(answer) == [(0, 0, False), (1, 100, False)]


def test_another_reader_has_another_etag(program, new_program, bob, poll_id, db):
    path = f"/api/polls/{poll_id}"
    etag = program.get(path).headers["ETag"]
    assert program.get(path, headers={"If-None-Match": etag}).status_code == 304
    votes.cast(db, bob.id, poll_id, [1])
    db.commit()
    assert program.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_standing_ballot_is_a_poll_without_a_post(program, db):
    ballot = db.scalars(select(Poll.id).where(Poll.is_standing)).one()
    answer = program.get(f"/api/polls/{ballot}").json
    assert len(answer["choices"]) == 10
    assert (answer["closes_at"], answer["_links"]["post"]) == (None, None)
    assert answer["question"]


@pytest.mark.parametrize("poll_id", ["0", "abc", "4711", "9223372036854775807"])
def test_a_poll_that_is_not_there_is_a_404(program, poll_id):
    assert program.get(f"/api/polls/{poll_id}").status_code == 404


def test_a_poll_of_somebody_suspended_is_not_there(new_program, bob, alice, poll_id, db):
    db.execute(update(User).where(User.id == alice.id).values(suspended_at=func.now()))
    db.commit()
    other = new_program(bob)
    assert other.get(f"/api/polls/{poll_id}").status_code == 404
    assert other.post(f"/api/polls/{poll_id}/votes", json={"choices": [1]}).status_code == 404
