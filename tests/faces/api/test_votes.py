"""One votes once, while a poll is open, for what there is to choose."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog.core import polls, posts
from microblog.core.polls import NewPoll
from microblog.models import Poll, Vote


@pytest.fixture
def new_poll(db, alice):
    def make(**options) -> int:
        poll = NewPoll(("yes", "no", "perhaps"), timedelta(hours=1), **options)
        post_id = posts.publish(db, alice.id, "well?", longest=300, poll=poll)
        db.commit()
        return db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()

    return make


def cast(db):
    return db.scalar(select(func.count()).select_from(Vote))


def test_who_votes_sees_the_results_and_votes_once(program, new_poll, db):
    path = f"/api/polls/{new_poll()}"
    answer = program.post(f"{path}/votes", json={"choices": [2]})
    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json["_links"]["self"] == f"/microblog{path}"
    assert [each["votes"] for each in answer.json["choices"]] == [0, 1, 0]
    assert (answer.json["has_voted"], answer.json["voter_count"]) == (True, 1)
    for choices in ([2], [1]):
        again = program.post(f"{path}/votes", json={"choices": choices})
        assert (again.status_code, again.json["message"]) == (409, "You have voted already.")
    assert program.get(path).json == answer.json
    assert cast(db) == 1


def test_several_may_be_chosen_where_they_may(program, new_poll):
    answer = program.post(f"/api/polls/{new_poll(takes_several=True)}/votes", json={"choices": [3, 1, 3]})
    assert [each["votes"] for each in answer.json["choices"]] == [1, 0, 1]
    assert answer.json["voter_count"] == 1


@pytest.mark.parametrize("sent", [{"json": {"choices": [1]}}, {"json": {"choices": [99]}}, {"json": []}, {"data": b"x"}, {}])
def test_a_closed_poll_is_forbidden_whatever_one_sends(program, new_poll, db, sent):
    poll_id = new_poll()
    polls.close(db, poll_id)
    db.commit()
    answer = program.post(f"/api/polls/{poll_id}/votes", **sent)
    assert (answer.status_code, answer.json["message"]) == (403, "This poll is closed.")
    assert cast(db) == 0


@pytest.mark.parametrize("sent", [{"json": {"choices": [1]}}, {"json": []}, {"data": b"x"}, {}])
def test_a_poll_that_is_not_there_is_a_404_whatever_one_sends(program, sent):
    assert program.post("/api/polls/4711/votes", **sent).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"json": {"choices": []}}, 422, "choices"),
        ({"json": {"choices": [0]}}, 422, "choices[0]"),
        ({"json": {"choices": [-1]}}, 422, "choices[0]"),
        ({"json": {"choices": [4]}}, 422, "choices"),
        ({"json": {"choices": [1, 2]}}, 422, "choices"),
        ({"json": {"choices": [10**30]}}, 422, "choices[0]"),
        ({"json": {"choices": ["1"]}}, 422, "choices[0]"),
        ({"json": {"choices": [True]}}, 422, "choices[0]"),
        ({"json": {"choices": [1.5]}}, 422, "choices[0]"),
        ({"json": {"choices": [1] * 101}}, 422, "choices"),
        ({"json": {"choices": 1}}, 422, "choices"),
        ({"json": {"choice": 1}}, 422, "choice"),
        ({"json": {}}, 422, "choices"),
        ({"json": [1]}, 400, None),
        ({"data": b"choices=1", "content_type": "application/x-www-form-urlencoded"}, 415, None),
        ({}, 400, None),
    ],
)
def test_a_vote_that_does_not_fit_is_no_vote(program, new_poll, db, sent, status, field):
    answer = program.post(f"/api/polls/{new_poll()}/votes", **sent)
    assert answer.status_code == status, answer.text
    assert list(answer.json.get("fields", {})) == ([field] if field else [])
    assert cast(db) == 0


def test_a_ballot_box_has_only_a_slot(program, new_poll):
    answer = program.get(f"/api/polls/{new_poll()}/votes")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
