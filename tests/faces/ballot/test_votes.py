"""Voting by the ballot."""

import pytest
from sqlalchemy import text

from microblog.core import ballots, polls
from microblog.models import Poll

from .conftest import NO_VOTES


def said(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.status_code, answer.text


@pytest.mark.row("VT-05", "VT-07")
@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_a_vote_is_counted_for_the_one_who_was_chosen(as_alice, scheme):
    as_alice.token = scheme + as_alice.token
    answer = as_alice.post("/vote?id=3")
    assert said(answer) == (200, "")
    assert answer.headers["Content-Length"] == "0"
    assert as_alice.counts() == NO_VOTES | {3: 1}


@pytest.mark.row("VT-D4", "TK-16")
def test_nobody_votes_twice(as_alice, new_program, bob):
    as_alice.post("/vote?id=3")
    assert said(as_alice.post("/vote?id=3")) == (409, "이미 투표하셨습니다")
    assert said(as_alice.post("/vote?id=4")) == (409, "이미 투표하셨습니다")
    again = new_program()
    again.log_in("alice@example.org")
    assert said(again.post("/vote?id=4")) == (409, "이미 투표하셨습니다")
    other = new_program()
    other.log_in(bob.email)
    assert other.post("/vote?id=3").status_code == 200
    assert as_alice.counts() == NO_VOTES | {3: 2}


@pytest.mark.row("VT-05", "VT-D8")
@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 400, "id 파라미터가 존재하지 않습니다"),
        ("?id=", 400, "id 파라미터가 존재하지 않습니다"),
        ("?ID=1", 400, "id 파라미터가 존재하지 않습니다"),
        ("?id=abc", 400, "id 파라미터가 올바르지 않습니다"),
        ("?id=1.0", 400, "id 파라미터가 올바르지 않습니다"),
        ("?id=%EF%BC%93", 400, "id 파라미터가 올바르지 않습니다"),  # a wide three
        ("?id=99999999999999999999", 400, "id 파라미터가 올바르지 않습니다"),
        ("?id=%FF", 400, "올바른 요청 형식이 아닙니다"),
        ("?id=%00", 400, "올바른 요청 형식이 아닙니다"),
        ("?id=0", 404, "해당 id를 가진 후보자가 존재하지 않습니다"),
        ("?id=-1", 404, "해당 id를 가진 후보자가 존재하지 않습니다"),
        ("?id=11", 404, "해당 id를 가진 후보자가 존재하지 않습니다"),
        ("?id=999", 404, "해당 id를 가진 후보자가 존재하지 않습니다"),
        ("?id=9223372036854775807", 404, "해당 id를 가진 후보자가 존재하지 않습니다"),
    ],
)
def test_a_vote_for_nobody_is_refused_and_not_counted(as_alice, db, query, status, sentence):
    assert said(as_alice.post(f"/vote{query}")) == (status, sentence)
    assert as_alice.counts() == NO_VOTES
    assert db.scalar(text("SELECT count(*) FROM votes")) == 0


@pytest.mark.row("VT-05", "VT-07", "VT-D4")
@pytest.mark.parametrize("query", ["?id=3", "", "?id=abc", "?id=999", "?id=%FF"])
@pytest.mark.parametrize("token", [None, "", "x", "Bearer", "Bearer x", "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ=="])
def test_without_a_good_token_nothing_else_is_looked_at(program, alice, token, query):
    program.token = token
    answer = program.post(f"/vote{query}")
    assert said(answer) == (401, "유효하지 않은 토큰입니다")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert program.counts() == NO_VOTES


@pytest.mark.row("VT-05", "VT-D5")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_nobody_votes_by_looking(as_alice, method):
    answer = as_alice.open("/vote?id=3", method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "OPTIONS, POST"
    assert as_alice.counts() == NO_VOTES


def test_the_ballot_may_be_closed_and_opened_again(as_alice, db):
    ballot = ballots.standing(db)
    polls.close(db, ballot.id)
    db.commit()
    assert said(as_alice.post("/vote?id=3")) == (403, "투표가 종료되었습니다")
    assert said(as_alice.post("/vote?id=999"))[0] == 404
    assert as_alice.counts() == NO_VOTES
    ballots.reopen(db, ballot.id)
    db.commit()
    assert said(as_alice.post("/vote?id=3")) == (200, "")
    polls.close(db, ballot.id)
    db.commit()
    assert said(as_alice.post("/vote?id=3")) == (403, "투표가 종료되었습니다")


def test_where_there_is_no_ballot_nobody_can_be_chosen(as_alice, db):
    db.query(Poll).delete()
    db.commit()
    assert said(as_alice.post("/vote?id=1")) == (404, "해당 id를 가진 후보자가 존재하지 않습니다")


def test_where_one_may_take_several_one_still_votes_once(as_alice, db):
    ballots.set_standing(db, ballots.create(db, "무엇을?", ["가", "나", "다"], takes_several=True))
    db.commit()
    assert said(as_alice.post("/vote?id=2&id=3")) == (200, "")
    assert said(as_alice.post("/vote?id=3")) == (409, "이미 투표하셨습니다")
    assert as_alice.counts() == {1: 0, 2: 1, 3: 0}


@pytest.mark.row("VT-D14")
def test_the_vote_stands_in_the_database_with_its_voter(as_alice, alice, db):
    as_alice.post("/vote?id=7")
    assert db.execute(text("SELECT user_id, choices FROM votes")).all() == [(alice.id, [7])]


def test_who_leaves_takes_the_vote_along(as_alice, alice, db):
    from microblog.core import users

    as_alice.post("/vote?id=7")
    users.erase(db, alice.id)
    db.commit()
    assert as_alice.counts() == NO_VOTES
    assert as_alice.post("/vote?id=7").status_code == 401
