"""Checks gather all errors before they refuse."""

import pytest

from microblog.core.checks import Checks
from microblog.core.refusals import Invalid


def test_nothing_wrong_is_nothing_raised():
    with Checks() as check:
        assert check.text("body", "  words  ", longest=5) == "words"


def test_everything_wrong_is_told_together_and_the_first_of_each_member_counts():
    with pytest.raises(Invalid) as refused, Checks() as check:
        check.text("body", "", longest=5)
        check.text("name", "too long", longest=5)
        check.email("name", "")
    told = {name: str(message) for name, message in refused.value.errors.items()}
    assert told == {"body": "This field is required.", "name": "At most 5 characters, please."}


def test_another_error_on_the_way_is_not_hidden():
    with pytest.raises(ZeroDivisionError), Checks() as check:
        check.text("body", "", longest=5)
        _ = 1 / 0
