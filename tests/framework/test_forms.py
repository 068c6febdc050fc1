"""Forms remember what was typed and what was wrong with it, and nothing else."""

from microblog.framework.forms import Form
from microblog.framework.languages import Message


def test_an_empty_form_shows_empty_fields():
    form = Form()
    assert (form["post"], form.values, form.errors) == ("", {}, {})


def test_what_was_typed_is_shown_again():
    assert Form({"post": "<b>한글"})["post"] == "<b>한글"


def test_what_was_wrong_is_kept_by_field():
    error = Message("This field is required.")
    assert Form({"post": ""}, {"post": error}).errors == {"post": error}


def test_a_form_does_not_change_what_it_was_given():
    values = {"post": "a"}
    form = Form(values)
    form.values["post"] = "b"
    assert values == {"post": "a"}
