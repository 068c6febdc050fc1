"""The candidates of the standing ballot."""

import json

import pytest

from microblog.core import ballots
from microblog.models import Poll

NAMES = ["정시원", "고은", "유현우", "김*오", "문*빈", "문*진", "서*빈", "이*용", "장*훈", "황*나"]


@pytest.mark.row("VT-04", "VT-08", "VT-11")
def test_a_new_instance_has_the_ten_candidates_in_readable_letters(program):
    answer = program.get("/candidates")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert "유현우" in answer.text
    assert answer.text.startswith('[{"name":"정시원","voteCount":0,"id":1},')
    expected = [{"name": name, "voteCount": 0, "id": number} for number, name in enumerate(NAMES, start=1)]
    assert json.loads(answer.text) == expected


@pytest.mark.row("VT-04")
def test_strangers_and_bearers_of_bad_tokens_may_look(program, as_alice, new_program):
    stranger = new_program()
    stranger.token = "x"
    assert program.get("/candidates").text == stranger.get("/candidates").text == as_alice.get("/candidates").text


def test_an_operator_can_make_another_poll_the_ballot(program, db):
    ballots.set_standing(db, ballots.create(db, "어느 쪽?", ["왼쪽", "오른쪽"]))
    db.commit()
    assert json.loads(program.get("/candidates").text) == [
        {"name": "왼쪽", "voteCount": 0, "id": 1},
        {"name": "오른쪽", "voteCount": 0, "id": 2},
    ]


def test_where_there_is_no_ballot_there_are_no_candidates(program, db):
    db.query(Poll).delete()
    db.commit()
    answer = program.get("/candidates")
    assert (answer.status_code, answer.text) == (200, "[]")
