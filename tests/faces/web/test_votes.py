"""Voting with a form: once, for what there is, while the poll is open."""

import pytest
from sqlalchemy import select

from microblog.core import moderation, polls, votes
from microblog.faces.web.door import LIMITS
from microblog.models import Poll, PollChoice, Vote


def counts(db, poll_id):
    """How many have voted, and the votes of each choice."""
    voters = db.scalar(select(Poll.voter_count).where(Poll.id == poll_id))
    of_each = select(PollChoice.vote_count).where(PollChoice.poll_id == poll_id).order_by(PollChoice.number)
    return voters, list(db.scalars(of_each))


def cast(db):
    return db.execute(select(Vote.user_id, Vote.choices)).all()


def test_a_vote_counts_and_leads_back_to_the_poll(as_alice, alice, bob, ask, db):
    asked = ask(bob)
    answer = as_alice.press(f"/poll/{asked.id}/votes", choice="2", next="/microblog/explore?page=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/microblog/explore?page=1#poll{asked.id}"
    assert as_alice.flashes() == ["Thank you, your vote counts."]
    assert cast(db) == [(alice.id, (2,))]
    assert counts(db, asked.id) == (1, [0, 1, 0])


def test_the_form_on_the_page_is_the_one_that_votes(as_alice, bob, ask, db):
    asked = ask(bob)
    page = as_alice.get("/explore?page=1").text
    assert f'method="post" action="/microblog/poll/{asked.id}/votes"' in page
    assert '<input type="hidden" name="next" value="/microblog/explore?page=1">' in page


def test_several_answers_may_be_given_where_several_may(as_alice, alice, bob, ask, db):
    asked = ask(bob, takes_several=True)
    as_alice.press(f"/poll/{asked.id}/votes", choice1="1", choice3="3")
    assert cast(db) == [(alice.id, (1, 3))]
    assert counts(db, asked.id) == (1, [1, 0, 1])


def test_one_may_vote_in_ones_own_poll(as_alice, alice, ask, db):
    asked = ask(alice)
    as_alice.press(f"/poll/{asked.id}/votes", choice="1")
    assert counts(db, asked.id) == (1, [1, 0, 0])


def test_a_second_vote_changes_nothing_and_is_answered_kindly(as_alice, alice, bob, ask, db):
    asked = ask(bob)
    as_alice.press(f"/poll/{asked.id}/votes", choice="1")
    as_alice.flashes()
    answer = as_alice.press(f"/poll/{asked.id}/votes", choice="2", next="/microblog/explore")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/explore")
    assert as_alice.flashes() == ["You have voted already."]
    assert cast(db) == [(alice.id, (1,))]
    assert counts(db, asked.id) == (1, [1, 0, 0])


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({}, "Please choose something."),
        ({"choice1": "1", "choice2": "2"}, "Please choose one only."),
        ({"choice": "4"}, "This poll has no such choice."),
        ({"choice": "0"}, "This poll has no such choice."),
        ({"choice": "-1"}, "This poll has no such choice."),
        ({"choice": "٢"}, "This poll has no such choice."),
        ({"choice": "Rye"}, "This poll has no such choice."),
        ({"choice": "9" * 40}, "This poll has no such choice."),
    ],
)
def test_what_cannot_be_chosen_is_not_counted(as_alice, bob, ask, db, chosen, reason):
    asked = ask(bob)
    answer = as_alice.press(f"/poll/{asked.id}/votes", next="/microblog/explore", **chosen)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/explore")
    assert as_alice.flashes() == [reason]
    assert cast(db) == []
    assert counts(db, asked.id) == (0, [0, 0, 0])


def test_in_a_closed_poll_nobody_votes(as_alice, bob, ask, db):
    asked = ask(bob)
    polls.close(db, asked.id)
    db.commit()
    assert as_alice.press(f"/poll/{asked.id}/votes", choice="1").status_code == 303
    assert as_alice.flashes() == ["This poll is closed."]
    assert counts(db, asked.id) == (0, [0, 0, 0])


def test_in_a_poll_that_is_gone_or_of_somebody_suspended_nobody_votes(as_alice, bob, ask, db):
    asked = ask(bob)
    assert as_alice.press(f"/poll/{asked.id + 1}/votes", choice="1").status_code == 404
    moderation.suspend(db, bob.username)
    db.commit()
    answer = as_alice.press(f"/poll/{asked.id}/votes", choice="1")
    assert answer.status_code == 404
    assert "This poll does not exist any more." in answer.text
    assert cast(db) == []


def test_a_vote_in_one_poll_is_none_in_another(as_alice, bob, ask, db):
    first, second = ask(bob), ask(bob)
    as_alice.press(f"/poll/{first.id}/votes", choice="3")
    assert counts(db, second.id) == (0, [0, 0, 0])
    as_alice.press(f"/poll/{second.id}/votes", choice="1")
    assert [counts(db, poll.id) for poll in (first, second)] == [(1, [0, 0, 1]), (1, [1, 0, 0])]


def test_strangers_and_forms_from_elsewhere_do_not_vote(as_alice, new_browser, bob, ask, db):
    asked = ask(bob)
    stranger = new_browser()
    answer = stranger.post(f"/poll/{asked.id}/votes", data={"csrf_token": stranger.token(), "choice": "1"})
    assert answer.headers["Location"] == "/microblog/auth/login"
    assert as_alice.post(f"/poll/{asked.id}/votes", data={"choice": "1"}).status_code == 400
    assert as_alice.get(f"/poll/{asked.id}/votes").status_code == 405
    assert cast(db) == []


@pytest.mark.parametrize("wanted", [None, "http://evil.test/", "//evil.test", "/elsewhere", "/microblog/../x"])
def test_without_a_page_to_go_back_to_one_goes_to_the_poll(as_alice, bob, ask, wanted):
    asked = ask(bob)
    answer = as_alice.press(f"/poll/{asked.id}/votes", choice="1", **({"next": wanted} if wanted else {}))
    assert answer.headers["Location"] == f"/microblog/poll/{asked.id}#poll{asked.id}"


def test_who_leaves_takes_their_vote_along(as_alice, alice, bob, ask, db):
    asked = ask(bob)
    as_alice.press(f"/poll/{asked.id}/votes", choice="1")
    votes.cast(db, bob.id, asked.id, [1])
    db.commit()
    as_alice.send("/account/delete", password="correct horse")
    assert counts(db, asked.id) == (1, [1, 0, 0])


def test_nobody_votes_without_end(as_alice, bob, ask, having):
    asked = ask(bob)
    having(rate_limits=True)
    token = as_alice.token("/explore")
    fields = {"csrf_token": token, "choice": "1"}
    statuses = [as_alice.post(f"/poll/{asked.id}/votes", data=fields).status_code for _ in range(LIMITS["vote"].times + 1)]
    assert statuses == [303] * LIMITS["vote"].times + [429]
