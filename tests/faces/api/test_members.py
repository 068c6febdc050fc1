"""What is told of members is what is asked of them: core refuses what does not fit, and takes what does."""

import re

import msgspec
import pytest

from microblog.core.checks import Checks
from microblog.faces.api import members


def told(member) -> dict:
    return msgspec.json.schema(member)


@pytest.mark.parametrize(
    "name", ["a", "_", "susan", "Susan_2.0-x", "a" * 64, "-a", "a-", "a.", "a b", "수잔", "a\n", ".", "", "a@b", "a" * 65]
)
def test_a_username_fits_what_is_told_of_it_where_core_takes_it(name):
    check = Checks()
    check.username("username", name)
    schema = told(members.Username)
    fits = bool(re.search(schema["pattern"], name)) and not name.endswith("\n") and len(name) <= schema["maxLength"]
    assert fits == (not check.errors) or name.strip() != name  # core forgives blanks around it


@pytest.mark.parametrize(("password", "is_taken"), [("x" * 7, False), ("x" * 8, True), ("x" * 1_024, True), ("x" * 1_025, False)])
def test_a_password_fits_what_is_told_of_it_where_people_can_join_with_it(stranger, password, is_taken):
    schema = told(members.Password)
    assert (schema["minLength"] <= len(password) <= schema["maxLength"]) == is_taken
    sent = {"username": "nina", "email": "nina@example.org", "password": password}
    assert (stranger.post("/api/users", json=sent).status_code == 201) == is_taken


@pytest.mark.parametrize(("text", "is_taken"), [(" ", False), (" \n\t", False), ("", False), ("a", True), (" 한 ", True)])
def test_a_text_fits_what_is_told_of_it_where_it_can_be_said(program, text, is_taken):
    assert bool(re.search(told(members.Text)["pattern"], text)) == is_taken
    assert (program.post("/api/posts", json={"body": text}).status_code == 201) == is_taken


def test_an_instant_and_a_link_say_what_they_are():
    assert told(members.Instant)["format"] == "date-time"
    assert told(members.Link)["format"] == "uri-reference"
    assert told(members.Email)["format"] == "email"
