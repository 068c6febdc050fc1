"""What is sent to us."""

import pytest

from microblog.faces.miniter import bodies
from microblog.framework.text import BadInput


@pytest.mark.row("MN-17")
@pytest.mark.parametrize(("value", "number"), [(2, 2), ("2", 2), ("007", 7), (2**63 - 1, 2**63 - 1)])
def test_a_person_is_meant_by_a_number_or_by_digits(value, number):
    assert bodies.number(value) == number


@pytest.mark.parametrize("value", [0, -1, "-5", 2**63, "9" * 400])
def test_a_number_that_nobody_can_have_is_nobodys(value):
    assert bodies.number(value) == bodies.NOBODY


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize("value", [True, 2.0, None, "", "two", " 2", "2\n", "٢", "0x2", [2], {"id": 2}])
def test_what_is_no_whole_number_means_nobody(value):
    with pytest.raises(BadInput):
        bodies.number(value)
