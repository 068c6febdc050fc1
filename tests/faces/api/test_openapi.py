"""The API's own description is valid, complete, and made once."""

import re

import pytest
from openapi_spec_validator import validate

from microblog.faces.api import openapi


@pytest.fixture
def described(stranger) -> dict:
    return stranger.get("/api/openapi.json").json


def operations(described):
    return [(path, verb, operation) for path, found in described["paths"].items() for verb, operation in found.items()]


def test_it_is_valid_and_names_every_route_and_verb(app, described):
    validate(described)
    routes = {(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", r.rule), r.verb.lower()) for r in app.urls.routes if r.face.name == "api"}
    assert {(path, verb) for path, verb, _ in operations(described)} == routes


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(described):
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    for path, verb, operation in operations(described):
        assert operation["summary"], (path, verb)
        assert operation["description"], (path, verb)
        assert {"400", "500"} <= operation["responses"].keys()


def test_it_says_who_may_and_what_a_body_is(described):
    paths = described["paths"]
    assert paths["/api/tokens"]["post"]["security"] == [{"password": []}]
    assert paths["/api/users"]["post"]["security"] == []
    assert "security" not in paths["/api/posts"]["post"]
    assert paths["/api/posts"]["post"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NewPost"
    }
    assert described["components"]["schemas"]["NewPost"]["additionalProperties"] is False
    assert {each["name"] for each in paths["/api/users"]["get"]["parameters"]} == {"page", "per_page", "before", "after"}


def test_its_server_carries_the_prefix_and_it_is_made_once(app, described):
    assert described["servers"] == [{"url": "http://localhost/microblog"}]
    assert openapi.document(app.urls) is openapi.document(app.urls)


def test_who_has_it_already_is_told_so(stranger):
    etag = stranger.get("/api/openapi.json").headers["ETag"]
    assert stranger.get("/api/openapi.json", headers={"If-None-Match": etag}).status_code == 304
