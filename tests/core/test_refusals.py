"""Refusals carry a sentence that can be translated."""

from microblog.core.refusals import Invalid, NotFound
from microblog.framework.languages import Message


def test_a_refusal_says_its_message_in_the_source_language():
    assert str(NotFound(Message("User %(username)s not found.", username="ann"))) == "User ann not found."
    assert NotFound("plain words").message == Message("plain words")


def test_invalid_names_each_member():
    assert set(Invalid({"body": Message("Too long.")}).errors) == {"body"}
