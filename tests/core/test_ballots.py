"""Polls of operators: asked by a question alone; exactly one is the standing ballot, whoever chooses it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog.core import ballots, polls, posts, votes
from microblog.core.refusals import Conflict, Invalid, NotFound
from microblog.framework.database import Database
from microblog.models import Job, Poll, PollChoice

from ..together import in_transactions

CANDIDATES = ["정시원", "고은", "유현우", "김*오", "문*빈", "문*진", "서*빈", "이*용", "장*훈", "황*나"]


@pytest.fixture
def of_a_post(db, alice) -> int:
    """A poll that belongs to a post."""
    poll = polls.NewPoll(["tea", "coffee"], timedelta(hours=1))
    post_id = posts.publish(db, alice.id, "And you?", longest=300, poll=poll)
    return db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()


@pytest.mark.row("VT-08", "VT-D7")
def test_the_standing_ballot_has_the_ten_candidates_in_their_order(db, counted):
    with counted() as statements:
        ballot = ballots.standing(db)
    assert len(statements) == 1
    assert (ballot.texts, ballot.counts, ballot.is_closed) == (CANDIDATES, [0] * 10, False)
    numbers = db.scalars(select(PollChoice.number).where(PollChoice.poll_id == ballot.id).order_by(PollChoice.number))
    assert list(numbers) == list(range(1, 11))


def test_a_ballot_is_a_question_with_its_choices_and_stays_open(db, alice):
    ballot_id = ballots.create(db, " Which? ", [" green   tea", "coffee"], takes_several=True)
    shown = polls.one(db, ballot_id, reader_id=alice.id)
    assert (shown.question, shown.takes_several, shown.is_standing, shown.closes_at) == ("Which?", True, False, None)
    assert [(choice.number, choice.text) for choice in shown.choices] == [(1, "green tea"), (2, "coffee")]
    assert db.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.parametrize(
    ("question", "choices", "member"),
    [
        ("", ["a", "b"], "question"),
        ("x" * 301, ["a", "b"], "question"),
        ("Which?", [], "choices"),
        ("Which?", ["a"], "choices"),
        ("Which?", ["a", " "], "choices"),
        ("Which?", ["a b", "A  B"], "choices"),
        ("Which?", ["a", "x" * 101], "choices"),
        ("Which?", [str(number) for number in range(101)], "choices"),
    ],
)
def test_a_ballot_that_cannot_be_asked_is_not_stored(db, question, choices, member):
    with pytest.raises(Invalid) as refusal:
        ballots.create(db, question, choices)
    assert list(refusal.value.errors) == [member]
    assert db.scalar(select(func.count()).select_from(Poll)) == 1  # the one that every instance has


def test_a_hundred_candidates_can_stand(db, alice):
    ballots.set_standing(db, ballots.create(db, "Who?", [str(number) for number in range(1, 101)]))
    votes.cast(db, alice.id, ballots.standing(db).id, [100])
    assert ballots.standing(db).counts == [0] * 99 + [1]


def test_another_ballot_can_take_its_place_and_give_it_back(db):
    first = ballots.standing(db).id
    second = ballots.create(db, "Which?", ["a", "b"])
    for ballot_id in (second, second, first):
        ballots.set_standing(db, ballot_id)
        assert ballots.standing(db).id == ballot_id
        assert db.scalar(select(func.count()).where(Poll.is_standing)) == 1


def test_what_cannot_stand_leaves_the_one_that_does(db, of_a_post):
    before = ballots.standing(db)
    with pytest.raises(NotFound):
        ballots.set_standing(db, 1)
    with pytest.raises(Conflict, match="belongs to a post"):
        ballots.set_standing(db, of_a_post)
    assert ballots.standing(db) == before


def test_where_none_stands_there_is_none(db):
    db.delete(db.get(Poll, ballots.standing(db).id))
    db.flush()
    assert ballots.standing(db) is None
    ballots.set_standing(db, ballots.create(db, "Which?", ["a", "b"]))
    assert ballots.standing(db).texts == ["a", "b"]


def test_a_ballot_is_closed_and_opened_again_and_its_votes_stay(db, alice, bob):
    ballot_id = ballots.create(db, "Which?", ["a", "b"])
    votes.cast(db, alice.id, ballot_id, [1])
    assert polls.close(db, ballot_id)
    assert not polls.close(db, ballot_id)
    ballots.reopen(db, ballot_id)
    votes.cast(db, bob.id, ballot_id, [1])
    shown = polls.one(db, ballot_id, reader_id=alice.id)
    assert (shown.is_closed, shown.voter_count, shown.choices[0].votes) == (False, 2, 2)


def test_the_poll_of_a_post_keeps_its_time(db, of_a_post):
    polls.close(db, of_a_post)
    for poll_id in (of_a_post, 1):
        with pytest.raises(NotFound):
            ballots.reopen(db, poll_id)
    assert polls.one(db, of_a_post, reader_id=0).is_closed


def test_operators_who_choose_at_once_choose_one_and_none_is_refused(new_database):
    database = Database(new_database(), connections=8, settings={"lock_timeout": "30000"})
    with database.writing() as db:
        ids = [ballots.create(db, f"Question {number}", ["a", "b"]) for number in range(8)]
        db.commit()
    came = in_transactions(database, [lambda db, ballot_id=ballot_id: ballots.set_standing(db, ballot_id) for ballot_id in ids])
    with database.reading() as db:
        assert db.scalars(select(Poll.id).where(Poll.is_standing)).one() in ids
    database.close()
    assert came == [None] * 8
