"""What the description says once is said of what there really is."""

import re

import pytest
from jsonschema import Draft202012Validator

from microblog.core import kept_answers
from microblog.faces.api import components
from microblog.faces.api.door import LIMITS
from microblog.faces.api.repeats import HEADER


def test_every_path_of_the_table_is_about_something(app):
    names = [name for name, _ in components.TAGS.values()]
    for route in app.urls.routes:
        if route.face.name == "api":
            assert components.tag_of(route.rule) in names


@pytest.mark.parametrize(
    ("rule", "tag"),
    [("/api", "Instance"), ("/api/posts/<id:post_id>", "Posts"), ("/api/timelines/home", "Posts"), ("/api/messages", "Messages")],
)
def test_a_path_is_about_what_its_first_part_says(rule, tag):
    assert components.tag_of(rule) == tag


def test_headers_that_are_sent_are_as_they_are_described(program, having):
    having(rate_limits=True)
    made = program.post("/api/posts", json={"body": "hello"}, headers={HEADER: "once"})
    again = program.post("/api/posts", json={"body": "hello"}, headers={HEADER: "once"})
    read = program.get("/api/posts")
    refused = program.get("/api/posts", headers={"Authorization": "Bearer x"})
    for _ in range(LIMITS["post"].times):
        often = program.post("/api/posts", json={"body": "hello"})
    seen = {}
    for answer in (made, again, read, refused, often):
        seen |= dict(answer.headers)
    assert often.status_code == 429
    for name, header in components.HEADERS.items():
        schema = header["schema"]
        value = int(seen[name]) if schema["type"] == "integer" else seen[name]
        assert list(Draft202012Validator(schema).iter_errors(value)) == [], name


def test_a_key_is_as_long_as_keys_that_are_kept(program):
    schema = components.PARAMETERS[HEADER]["schema"]
    assert schema["maxLength"] == kept_answers.LONGEST_KEY
    longest = "k" * kept_answers.LONGEST_KEY
    assert program.post("/api/posts", json={"body": "hello"}, headers={HEADER: longest}).status_code == 201
    assert program.post("/api/posts", json={"body": "hello"}, headers={HEADER: longest + "k"}).status_code == 400


def test_a_refusal_refers_to_headers_that_are_described():
    refusals = components.of_refusals({"$ref": "#/components/schemas/Error"})
    assert len(refusals) == len(components.REFUSALS)
    for refusal in refusals.values():
        for name, reference in refusal["headers"].items():
            assert reference == {"$ref": f"#/components/headers/{name}"}
            assert name in components.HEADERS
        assert not re.search(r"[.;]$", refusal["description"])
