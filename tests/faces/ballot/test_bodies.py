"""JSON objects of exactly the members that are asked for."""

import pytest
from werkzeug.test import EnvironBuilder

from microblog.faces.ballot import bodies
from microblog.framework.request import Request
from microblog.framework.text import BadInput


@pytest.fixture
def sent(app):
    def make(**members: object) -> Request:
        return Request(EnvironBuilder(method="POST", json=members).get_environ(), app)

    return make


def test_members_come_in_the_order_in_which_they_are_asked_for(sent):
    assert bodies.strings(sent(b="2", a="1"), "a", "b") == ["1", "2"]


@pytest.mark.row("VT-01")
@pytest.mark.parametrize("members", [{"a": "1"}, {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": 2}, {"a": "1", "b": ""}])
def test_one_too_few_one_too_many_a_number_and_nothing_are_refused(sent, members):
    with pytest.raises(BadInput):
        bodies.strings(sent(**members), "a", "b")
