"""What is taken is known member by member, what is sent is told apart from numbers, and every instant ends with Z."""

import re
from datetime import datetime
from inspect import getmembers, isclass
from typing import get_type_hints

import msgspec
import pytest

from microblog.faces.api import shapes

ALL = [
    found for _, found in getmembers(shapes, isclass) if issubclass(found, msgspec.Struct) and found.__module__ == shapes.__name__
]
TAKEN = [shape for shape in ALL if issubclass(shape, shapes.Taken)]
SENT = [shape for shape in ALL if shape not in TAKEN]
INSTANTS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NUMBERED = {"Author", "User"}  # people have small numbers


def name(shape):
    return shape.__name__


@pytest.mark.row("MT-D32")
@pytest.mark.parametrize("shape", TAKEN, ids=name)
def test_whatever_is_taken_forbids_members_that_nobody_knows(shape):
    assert shape.__struct_config__.forbid_unknown_fields
    with pytest.raises(msgspec.ValidationError, match="unknown field `surely_not`|missing required field"):
        msgspec.convert({"surely_not": 1}, shape)


@pytest.mark.row("MT-D32")
@pytest.mark.parametrize("shape", TAKEN, ids=name)
def test_every_text_that_is_taken_has_a_longest_length(shape):
    components = msgspec.json.schema_components([shape])[1]
    for found in components.values():
        for member, schema in found.get("properties", {}).items():
            kinds = schema.get("anyOf", [schema])
            for kind in [*kinds, *(each["items"] for each in kinds if "items" in each)]:
                assert kind.get("type") != "string" or "maxLength" in kind, f"{shape.__name__}.{member}"
                assert kind.get("type") != "array" or "maxItems" in kind, f"{shape.__name__}.{member}"


def test_there_are_shapes_of_both_kinds():
    assert len(TAKEN) >= 9
    assert len(SENT) >= 20


@pytest.mark.parametrize("shape", SENT, ids=name)
def test_long_ids_are_strings_and_those_of_people_are_numbers(shape):
    hints = get_type_hints(shape)
    if "id" in hints:
        assert hints["id"] is (int if shape.__name__ in NUMBERED else str)
    for member, kind in hints.items():
        if member in ("post_id", "poll_id", "message_id"):
            assert kind == str | None


@pytest.mark.parametrize("shape", SENT, ids=name)
def test_no_shape_that_is_sent_has_room_for_a_password(shape):
    assert not {member for member in shape.__struct_fields__ if "password" in member or "hash" in member or "digest" in member}


def instants_in(value):
    if isinstance(value, dict):
        for member, inner in value.items():
            if member.endswith(("_at", "last_seen")) and inner is not None:
                yield inner
            yield from instants_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from instants_in(inner)


def test_instants_are_utc_and_say_so(program, new_program, alice, bob):
    new_program(bob).put(f"/api/users/{alice.id}/follow")
    program.post("/api/exports")
    program.post("/api/posts", json={"body": "?", "poll": {"choices": ["a", "b"]}})
    program.post("/api/messages", json={"recipient_id": bob.id, "body": "hello"})
    found = 0
    for path in ("/api/users", "/api/posts", "/api/tokens", "/api/notifications", "/api/conversations", "/api/exports"):
        for instant in instants_in(program.get(path).json):
            assert INSTANTS.fullmatch(instant), path
            assert datetime.fromisoformat(instant).tzinfo
            found += 1
    assert found >= 11


@pytest.mark.parametrize("shape", ALL, ids=name)
def test_a_shape_can_be_described(shape):
    assert msgspec.json.schema(shape)["$ref"] == f"#/$defs/{shape.__name__}"
