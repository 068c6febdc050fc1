"""Voting: once each, counted exactly, whoever comes at the same time and whoever leaves."""

import random
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update

from microblog.core import ballots, moderation, polls, posts, users, votes
from microblog.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from microblog.framework.database import Database
from microblog.models import Notification, Poll, PollChoice, User, Vote

from ..together import in_transactions

LONG = {"lock_timeout": "30000", "statement_timeout": "30000", "idle_in_transaction_session_timeout": "30000"}


@pytest.fixture
def poll(db, alice) -> int:
    """Alice asks: tea, coffee or milk."""
    asked = polls.NewPoll(["tea", "coffee", "milk"], timedelta(hours=1))
    post_id = posts.publish(db, alice.id, "What shall it be?", longest=300, poll=asked)
    return db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()


def counts(db, poll_id) -> tuple[int, list[int]]:
    """Voters, and votes of each choice, as counted."""
    voters = db.scalar(select(Poll.voter_count).where(Poll.id == poll_id))
    return voters, list(
        db.scalars(select(PollChoice.vote_count).where(PollChoice.poll_id == poll_id).order_by(PollChoice.number))
    )


@pytest.mark.row("VT-D4", "VT-D6")
def test_a_vote_counts_once_and_a_second_one_not_at_all(db, poll, bob):
    votes.cast(db, bob.id, poll, [2])
    assert counts(db, poll) == (1, [0, 1, 0])
    for again in ([2], [1]):
        with pytest.raises(Conflict, match="voted already"):
            votes.cast(db, bob.id, poll, again)
    assert counts(db, poll) == (1, [0, 1, 0])


@pytest.mark.parametrize("chosen", [[], [0], [4], [-1], [1, 2]])
def test_what_cannot_be_chosen_is_refused_and_not_counted(db, poll, bob, chosen):
    with pytest.raises(Invalid):
        votes.cast(db, bob.id, poll, chosen)
    assert counts(db, poll) == (0, [0, 0, 0])
    assert db.scalar(select(func.count()).select_from(Vote)) == 0


def test_where_one_may_take_several_each_counts_once(db, alice, bob):
    asked = polls.NewPoll(["tea", "coffee", "milk"], timedelta(hours=1), takes_several=True)
    post_id = posts.publish(db, alice.id, "And?", longest=300, poll=asked)
    poll_id = db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()
    votes.cast(db, bob.id, poll_id, [3, 1, 3])
    assert counts(db, poll_id) == (1, [1, 0, 1])


def test_a_closed_poll_takes_no_votes_and_one_that_nobody_may_see_is_not_there(db, poll, bob):
    polls.close(db, poll)
    with pytest.raises(Forbidden, match="closed"):
        votes.cast(db, bob.id, poll, [1])
    with pytest.raises(NotFound):
        votes.cast(db, bob.id, poll + 1, [1])
    assert counts(db, poll) == (0, [0, 0, 0])


def test_that_a_poll_is_closed_is_said_before_what_was_chosen_is_judged(db, poll, bob):
    polls.close(db, poll)
    with pytest.raises(Forbidden):
        votes.cast(db, bob.id, poll, [])


def test_a_vote_costs_a_fixed_number_of_statements(db, bob, counted):
    few, many = (ballots.create(db, "Which?", [str(n) for n in range(most)], takes_several=True) for most in (2, 100))
    costs = []
    for ballot_id, chosen in ((few, [1]), (many, range(1, 101))):
        with counted() as statements:
            votes.cast(db, bob.id, ballot_id, chosen)
        costs.append(len(statements))
    assert costs == [3, 3]


def test_the_poll_of_somebody_suspended_is_not_there(db, poll, bob):
    moderation.suspend(db, "alice")
    with pytest.raises(NotFound):
        votes.cast(db, bob.id, poll, [1])


def test_who_leaves_takes_their_votes_along_and_no_others(db, poll, bob, charlie, counted):
    other = ballots.create(db, "And?", ["a", "b"], takes_several=True)
    for voter in (bob, charlie):
        votes.cast(db, voter.id, poll, [2])
        votes.cast(db, voter.id, other, [1, 2])
    with counted() as statements:
        votes.withdraw_all(db, bob.id)
    assert len(statements) == 2
    assert (counts(db, poll), counts(db, other)) == ((1, [0, 1, 0]), (1, [1, 1]))
    users.erase(db, charlie.id)
    assert (counts(db, poll), counts(db, other)) == ((0, [0, 0, 0]), (0, [0, 0]))
    assert db.scalar(select(func.count()).select_from(Vote)) == 0


@pytest.fixture
def crowd(new_database):
    """A database that really commits, the ids of 64 people in it, and a poll that takes several."""
    database = Database(new_database(), connections=64, settings=LONG)
    with database.writing() as db:
        ids = list(db.scalars(insert(User).returning(User.id), [{"username": f"p{number}"} for number in range(64)]))
        poll_id = ballots.create(db, "Which?", ["a", "b", "c", "d"], takes_several=True)
        db.commit()
    yield database, ids, poll_id
    database.close()


def at_once(database, deeds, *, tries: int = 1) -> list[str]:
    """Let all of these happen at the same moment; gives the names of what was refused."""
    return [type(came).__name__ for came in in_transactions(database, deeds, tries=tries) if isinstance(came, Refusal)]


@pytest.mark.row("VT-D6")
def test_sixty_four_who_vote_at_once_are_counted_exactly(crowd):
    database, ids, poll_id = crowd
    chance = random.Random(5)
    chosen = {user_id: sorted(chance.sample(range(1, 5), chance.randint(1, 4))) for user_id in ids}
    deeds = [lambda db, voter=voter: votes.cast(db, voter, poll_id, chosen[voter]) for voter in ids]
    assert at_once(database, deeds) == []
    with database.reading() as db:
        wanted = [sum(number in each for each in chosen.values()) for number in range(1, 5)]
        assert counts(db, poll_id) == (64, wanted)


@pytest.mark.row("VT-D4", "VT-D6")
def test_one_who_votes_thirty_two_times_at_once_has_voted_once(crowd):
    database, ids, poll_id = crowd
    deeds = [lambda db, number=number: votes.cast(db, ids[0], poll_id, [number % 4 + 1]) for number in range(32)]
    assert at_once(database, deeds) == ["Conflict"] * 31
    with database.reading() as db:
        voters, each = counts(db, poll_id)
        assert (voters, sum(each)) == (1, 1)


def test_people_who_leave_while_others_vote_leave_exact_counts(crowd):
    database, ids, poll_id = crowd
    assert at_once(database, [lambda db, voter=voter: votes.cast(db, voter, poll_id, [1, 2]) for voter in ids[:32]]) == []
    leaving = [lambda db, voter=voter: users.erase(db, voter) for voter in ids[:16]]
    coming = [lambda db, voter=voter: votes.cast(db, voter, poll_id, [2, 3]) for voter in ids[32:]]
    deeds = [*leaving, *coming]
    random.Random(7).shuffle(deeds)
    assert at_once(database, deeds) == []
    with database.reading() as db:
        assert counts(db, poll_id) == (48, [16, 48, 32, 0])
        assert db.scalar(select(func.count()).select_from(Vote)) == 48


def test_who_asked_and_leaves_while_all_vote_takes_the_poll_along_and_nobody_waits_in_a_circle(crowd):
    database, ids, _ = crowd
    asked = ask_all(database, ids[:4])
    coming = [
        lambda db, voter=voter, poll_id=poll_id: votes.cast(db, voter, poll_id, [1]) for voter in ids[8:20] for poll_id in asked
    ]
    deeds = [*coming, *(lambda db, author=author: users.erase(db, author) for author in ids[:4])]
    random.Random(3).shuffle(deeds)
    assert set(at_once(database, deeds)) <= {"NotFound"}
    with database.reading() as db:
        assert db.scalar(select(func.count()).where(Poll.post_id.is_not(None))) == 0
        assert db.scalar(select(func.count()).select_from(Vote)) == 0


def test_people_who_have_voted_in_each_others_polls_leave_all_at_once(crowd):
    database, ids, _ = crowd
    asked = ask_all(database, ids[:16])
    with database.writing() as db:
        for author, poll_id in zip(ids, asked, strict=False):
            for voter in ids[:17]:
                if voter != author:  # so that nobody has locked their own poll as one in which they have voted
                    votes.cast(db, voter, poll_id, [1])
        db.commit()
    assert at_once(database, [lambda db, person=person: users.erase(db, person) for person in ids[:16]]) == []
    with database.reading() as db:
        assert db.scalar(select(func.count()).where(Poll.post_id.is_not(None))) == 0


def test_a_post_taken_back_while_all_vote_takes_the_votes_along(crowd):
    database, ids, _ = crowd
    (poll_id,) = ask_all(database, ids[:1])
    deeds = [lambda db, voter=voter: votes.cast(db, voter, poll_id, [1]) for voter in ids[1:49]]
    deeds.insert(24, lambda db: take_back(db, ids[0], poll_id))
    deeds.insert(30, lambda db: polls.close(db, poll_id))
    assert set(at_once(database, deeds)) <= {"NotFound", "Forbidden"}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Vote)) == 0


def test_a_post_taken_back_while_the_end_is_told_leaves_nothing_told(crowd):
    database, ids, _ = crowd
    (poll_id,) = ask_all(database, ids[:1])
    with database.writing() as db:
        for voter in ids[1:33]:
            votes.cast(db, voter, poll_id, [1])
        polls.close(db, poll_id)
        db.commit()
    tell = [lambda db: polls.tell_end(db, poll_id), *[lambda db: polls.tell_voters(db, poll_id)] * 7]
    leaving = [lambda db, voter=voter: users.erase(db, voter) for voter in ids[1:9]]
    assert at_once(database, [*tell, *leaving, lambda db: take_back(db, ids[0], poll_id)], tries=3) == []
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Notification)) == 0
        assert db.scalar(select(func.sum(User.unread_notification_count))) == 0


def test_who_has_waited_for_a_poll_to_be_closed_comes_too_late(crowd):
    database, ids, poll_id = crowd
    refused = []

    def vote() -> None:
        with database.writing() as db:
            try:
                votes.cast(db, ids[0], poll_id, [1])
                db.commit()
            except Forbidden as refusal:
                refused.append(refusal)

    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    voter = threading.Thread(target=vote)
    with database.writing() as db, database.reading() as watch:
        db.execute(select(Poll.id).where(Poll.id == poll_id).with_for_update())
        voter.start()
        while voter.is_alive() and not watch.scalar(waiting):
            time.sleep(0.01)
        db.execute(update(Poll).where(Poll.id == poll_id).values(closes_at=func.clock_timestamp()))
        db.commit()
    voter.join()
    assert len(refused) == 1
    with database.reading() as db:
        assert counts(db, poll_id) == (0, [0, 0, 0, 0])


def ask_all(database, authors) -> list[int]:
    """Let each of these people ask something; gives the ids of the polls."""
    with database.writing() as db:
        for author in authors:
            posts.publish(db, author, "And?", longest=300, poll=polls.NewPoll(["a", "b"], timedelta(hours=1)))
        asked = list(db.scalars(select(Poll.id).where(Poll.post_id.is_not(None)).order_by(Poll.id)))
        db.commit()
    return asked


def take_back(db, author_id, poll_id) -> None:
    posts.withdraw(db, author_id, db.scalars(select(Poll.post_id).where(Poll.id == poll_id)).one())
