"""profile: what is refused, and that nothing is planted for it; what it prints is shown in tests/bench."""

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("houme",), "There is no page houme: choose one of home, public,"),
        (("home", "--requests", "1"), "--requests can be from 8"),
        (("home", "--people", "3"), "--people can be from 10"),
        (("home", "--people", "100", "--posts", "100", "--requests", "0"), "--requests"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(command, words, said):
    done = command("profile", *words)
    assert (done.status, done.out) == (1, "")
    assert said in done.err
