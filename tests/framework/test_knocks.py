"""Knocks: whoever holds the secret is heard for a moment, and knows that it was heard by the same secret."""

import pytest

from microblog.framework.knocks import GOOD_FOR, Knocks
from microblog.framework.signing import Seal

NOW = 1_795_000_000.0
OURS = Knocks(["a key"])


def test_a_knock_is_answered_and_the_answer_known():
    knock = OURS.make(NOW)
    assert OURS.is_answer(OURS.heard(knock, NOW), knock)


def test_no_knock_is_like_another_and_no_answer_fits_another():
    one, other = OURS.make(NOW), OURS.make(NOW)
    assert one != other
    assert not OURS.is_answer(OURS.heard(one, NOW), other)


@pytest.mark.parametrize("late", [GOOD_FOR + 1, -GOOD_FOR - 1, 3_600, -3_600])
def test_a_knock_of_another_moment_is_not_heard(late):
    assert OURS.heard(OURS.make(NOW), NOW + late) is None


@pytest.mark.parametrize("late", [GOOD_FOR, -GOOD_FOR])
def test_clocks_may_differ_a_little(late):
    assert OURS.heard(OURS.make(NOW), NOW + late)


def test_another_secret_is_neither_heard_nor_believed():
    theirs = Knocks(["their key"])
    knock = OURS.make(NOW)
    assert theirs.heard(knock, NOW) is None
    assert not OURS.is_answer(theirs.heard(theirs.make(NOW), NOW), knock)


def test_an_old_key_is_still_heard_by_who_lists_it():
    knock = OURS.make(NOW)
    answer = Knocks(["new", "a key"]).heard(knock, NOW)
    assert answer
    assert Knocks(["new", "a key"]).is_answer(answer, knock)


@pytest.mark.parametrize(
    "knock", [None, "", "x", "1-2", Seal(["a key"], "knock").sign("x"), Seal(["a key"], "knock").sign("9-" + "é" * 32)]
)
def test_what_is_no_knock_is_not_heard(knock):
    assert OURS.heard(knock, NOW) is None


@pytest.mark.parametrize("answer", [None, 1, "", "x", {}])
def test_what_is_no_answer_is_not_believed(answer):
    assert not OURS.is_answer(answer, OURS.make(NOW))


def test_the_knock_itself_is_no_answer():
    knock = OURS.make(NOW)
    assert not OURS.is_answer(knock, knock)
