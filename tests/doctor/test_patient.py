"""What is asked once and remembered, and how a knock is understood."""

import time
from dataclasses import replace

import pytest

from microblog.doctor.patient import CHUNKED, FORGED_ADDRESS
from microblog.doctor.verdicts import Unseen
from microblog.framework.database import Database


@pytest.fixture
def asked(door) -> list[tuple[str, str]]:
    """What the door was asked."""
    seen: list[tuple[str, str]] = []

    def change(method, path, answer):
        seen.append((method, path))
        return answer

    door.change = change
    return seen


def test_each_thing_is_asked_once(patient, asked):
    for _ in range(2):
        assert patient.page.status == 200
        assert patient.probe["saw"]["path"] == "/doctor"
        assert patient.asset().status == 200
        assert patient.forged["saw"]["headers"]["X_FORWARDED_FOR"] == FORGED_ADDRESS
        assert patient.chunked["saw"]["body"] == {"length": CHUNKED}
    assert len(asked) == len({*asked, ("GET", "forged")})


def test_what_could_not_be_seen_is_not_asked_again(patient, door, asked):
    def ask(*_arguments, **_options):
        asked.append(("GET", "/livez"))
        raise Unseen("A wall.")

    door.ask = ask
    for name in ("alive", "page", "style", "probe", "forged", "chunked", "uwsgi"):
        with pytest.raises(Unseen, match="A wall."):
            getattr(patient, name)
    assert not patient.knows_probe
    assert len(asked) == 1


def test_what_answers_must_be_a_microblog(patient, door):
    door.change = lambda method, path, answer: replace(answer, body=b"Welcome")
    with pytest.raises(Unseen, match="No Microblog answers at http://localhost/microblog"):
        _ = patient.page


def test_another_key_is_not_heard(patient, app, having):
    having(secret_keys=("the key of another installation",))
    answer, told = patient.knocked()
    assert (answer.status, told) == (404, None)
    with pytest.raises(Unseen, match="does not know our SECRET_KEY"):
        _ = patient.probe


def test_who_repeats_an_old_answer_is_not_believed(patient, door, app):
    kept = patient.knocked()[0]
    door.change = lambda method, path, answer: kept if path == "/doctor" else answer
    with pytest.raises(Unseen, match="GET /microblog/doctor answers 200"):
        _ = patient.forged


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"answer": 1}', b"\xff"])
def test_what_is_no_answer_of_ours_is_not_believed(patient, door, body):
    door.change = lambda method, path, answer: replace(answer, body=body) if path == "/doctor" else answer
    assert patient.knocked()[1] is None


@pytest.mark.parametrize("late", [-7_200, 7_200])
def test_a_clock_that_goes_wrong_hides_nothing_else(patient, late):
    patient.clock = lambda: time.time() + late
    assert patient.probe["saw"]["path"] == "/doctor"
    assert patient.chunked["saw"]["body"] == {"length": CHUNKED}


def test_a_database_that_is_away_is_unseen_and_its_password_untold(patient):
    patient.database = Database("postgresql://nobody:hidden@127.0.0.1:9/nothing", connections=1)
    with pytest.raises(Unseen, match="Connection refused") as found:
        _ = patient.store
    assert "hidden" not in str(found.value)


def test_whether_bodies_are_judged_unread(patient, door):
    door.offered = None
    assert not patient.judges_unread
