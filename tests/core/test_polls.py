"""Polls: asked, hidden until one has voted, closed, and their end told once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import moderation, polls, posts, votes
from microblog.core.refusals import Invalid, NotFound
from microblog.models import Job, Notification, Poll, Post, User

HOUR = timedelta(hours=1)


@pytest.fixture
def ask(db):
    """Lets somebody ask something; gives the ids of the post and of the poll."""

    def asked(person, *choices: str, lasts: timedelta = HOUR, takes_several: bool = False) -> tuple[int, int]:
        poll = polls.NewPoll(choices or ("tea", "coffee"), lasts, takes_several)
        post_id = posts.publish(db, person.id, "And you?", longest=300, poll=poll)
        return post_id, db.scalars(select(Poll.id).where(Poll.post_id == post_id)).one()

    return asked


def told(db, person) -> list[tuple[str, int, int]]:
    """What a person was told, by whom, about which post."""
    rows = select(Notification.kind, Notification.actor_id, Notification.subject_id).where(Notification.user_id == person.id)
    return [tuple(row) for row in db.execute(rows.where(Notification.kind == "poll"))]


def test_a_post_asks_and_its_choices_stand_in_their_order(db, ask, alice):
    post_id, poll_id = ask(alice, "  green   tea ", "coffee", "", "milk")
    shown = polls.one(db, poll_id, reader_id=alice.id)
    assert [(choice.number, choice.text) for choice in shown.choices] == [(1, "green tea"), (2, "coffee"), (3, "milk")]
    assert (shown.post_id, shown.is_closed, shown.has_voted, shown.voter_count) == (post_id, False, False, 0)
    assert db.scalar(select(Post.has_poll).where(Post.id == post_id))


@pytest.mark.parametrize(
    ("choices", "lasts", "member"),
    [
        ([], HOUR, "choices"),
        (["one"], HOUR, "choices"),
        (["one", " "], HOUR, "choices"),
        (list("abcdefg"), HOUR, "choices"),
        (["same", "SAME "], HOUR, "choices"),
        (["x" * 101, "b"], HOUR, "choices"),
        (["a", "b"], timedelta(minutes=4), "lasts"),
        (["a", "b"], timedelta(days=31), "lasts"),
    ],
)
def test_a_poll_that_cannot_be_asked_stores_nothing_not_even_the_post(db, alice, choices, lasts, member):
    with pytest.raises(Invalid) as refusal:
        posts.publish(db, alice.id, "And?", longest=300, poll=polls.NewPoll(choices, lasts))
    assert list(refusal.value.errors) == [member]
    assert db.scalar(select(func.count()).select_from(Post)) == 0


def test_the_same_form_sent_twice_asks_once(db, alice):
    for _ in range(2):
        posts.publish(db, alice.id, "And?", longest=300, nonce="n", poll=polls.NewPoll(["a", "b"], HOUR))
    assert db.scalar(select(func.count()).where(Poll.post_id.is_not(None))) == 1


def test_results_are_hidden_until_one_has_voted_or_the_poll_is_closed(db, ask, alice, bob, charlie):
    _, poll_id = ask(alice)
    votes.cast(db, bob.id, poll_id, [2])
    for reader in (alice, charlie):
        shown = polls.one(db, poll_id, reader_id=reader.id)
        assert (shown.may_vote, shown.shows_results, [choice.votes for choice in shown.choices]) == (True, False, [None, None])
    seen = polls.one(db, poll_id, reader_id=bob.id)
    assert [(choice.votes, choice.percent, choice.is_own) for choice in seen.choices] == [(0, 0, False), (1, 100, True)]
    polls.close(db, poll_id)
    assert [choice.votes for choice in polls.one(db, poll_id, reader_id=charlie.id).choices] == [0, 1]


def test_the_polls_of_a_page_cost_one_query_and_none_where_there_are_none(db, ask, alice, bob, counted):
    asked = [ask(alice)[0] for _ in range(3)]
    plain = posts.publish(db, alice.id, "no question", longest=300)
    rows = [posts.one(db, post_id) for post_id in (*asked, plain)]
    with counted() as statements:
        found = polls.of_posts(db, rows, bob.id)
    assert (len(statements), set(found)) == (1, set(asked))
    with counted() as statements:
        assert polls.of_posts(db, rows[-1:], bob.id) == {}
    assert not statements


def test_a_poll_goes_with_its_post_and_with_it_what_was_told(db, ask, alice, bob):
    post_id, poll_id = ask(alice)
    votes.cast(db, bob.id, poll_id, [1])
    end(db, poll_id)
    posts.withdraw(db, alice.id, post_id)
    assert db.scalar(select(Poll.id).where(Poll.id == poll_id)) is None
    assert told(db, bob) == told(db, alice) == []
    assert db.scalar(select(User.unread_notification_count).where(User.id == bob.id)) == 0


def test_the_poll_of_somebody_suspended_is_not_there(db, ask, alice, bob):
    _, poll_id = ask(alice)
    moderation.suspend(db, "alice")
    with pytest.raises(NotFound):
        polls.one(db, poll_id, reader_id=bob.id)


def end(db, poll_id) -> None:
    """All that happens when the time of a poll is over."""
    polls.close(db, poll_id)
    polls.tell_end(db, poll_id)
    polls.tell_voters(db, poll_id)


def test_the_end_is_told_to_the_author_and_to_each_voter_once(db, ask, alice, bob, charlie):
    post_id, poll_id = ask(alice)
    votes.cast(db, bob.id, poll_id, [1])
    votes.cast(db, alice.id, poll_id, [1])
    assert polls.tell_end(db, poll_id) is None  # it is not over
    for _ in range(2):
        end(db, poll_id)
    assert told(db, bob) == told(db, alice) == [("poll", alice.id, post_id)]
    assert told(db, charlie) == []
    assert polls.tell_end(db, poll_id) is None


def test_many_voters_are_told_so_many_at_a_time(db, ask, alice, bob, charlie, monkeypatch):
    monkeypatch.setattr(polls, "TOLD_AT_ONCE", 1)
    _, poll_id = ask(alice)
    for voter in (bob, charlie):
        votes.cast(db, voter.id, poll_id, [1])
    polls.close(db, poll_id)
    first = polls.tell_voters(db, poll_id)
    assert (first, len(told(db, bob)), len(told(db, charlie))) == (bob.id, 1, 0)
    second = polls.tell_voters(db, poll_id, first)
    assert (second, len(told(db, charlie))) == (charlie.id, 1)
    assert polls.tell_voters(db, poll_id, second) is None


def test_the_end_is_promised_when_the_poll_is_asked(db, ask, alice):
    _, poll_id = ask(alice, lasts=timedelta(days=1))
    job = db.execute(select(Job.name, Job.arguments, Job.run_at - Job.created_at)).one()
    assert tuple(job) == ("jobs.polls.close", {"poll_id": poll_id}, timedelta(days=1))


def test_an_operator_sees_the_standing_ballot_first(db, ask, alice):
    ask(alice)
    newest = polls.newest(db)
    assert [row.is_standing for row in newest] == [True, False]
    assert newest[1].body == "And you?"


@pytest.mark.parametrize(("counts", "voters", "shares"), [([1, 2], 3, [33, 67]), ([0, 0], 0, [0, 0]), ([3, 3], 3, [100, 100])])
def test_percents_are_of_the_voters(counts, voters, shares):
    assert polls.percents(counts, voters) == shares


def test_a_poll_whose_time_is_over_is_closed(db, ask, alice):
    _, poll_id = ask(alice)
    db.execute(update(Poll).where(Poll.id == poll_id).values(closes_at=func.now()))
    assert polls.one(db, poll_id, reader_id=alice.id).is_closed
