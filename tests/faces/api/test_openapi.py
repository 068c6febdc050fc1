"""The API's own description is valid, complete, and made once."""

import re

import pytest
from jsonschema import Draft202012Validator
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
    assert len(routes) > 40


def test_the_validator_sees_what_is_wrong(described):
    del described["paths"]["/api/posts"]["get"]["responses"]["200"]["description"]
    with pytest.raises(Exception, match="description"):
        validate(described)


def test_every_reference_leads_somewhere_and_every_component_is_referred_to(described):
    text = str(described)
    found = set(re.findall(r"'#/components/(\w+)/([^']+)'", text))
    there = {(kind, name) for kind, named in described["components"].items() if kind != "securitySchemes" for name in named}
    assert found == there


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(described):
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    tags = [tag["name"] for tag in described["tags"]]
    assert all(tag["description"].endswith(".") for tag in described["tags"])
    for path, verb, operation in operations(described):
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", operation["operationId"]), (path, verb)
        assert 4 <= len(operation["summary"]) <= 110, (path, verb)
        assert operation["description"].startswith(operation["summary"]), (path, verb)
        assert operation["description"].endswith("."), (path, verb)
        assert operation["tags"][0] in tags, (path, verb)
        assert {"400", "500", "503"} <= operation["responses"].keys()
    assert {operation["tags"][0] for _, _, operation in operations(described)} == set(tags)


def test_every_refusal_is_an_error_and_carries_its_headers(described):
    for path, verb, operation in operations(described):
        for status, answer in operation["responses"].items():
            if status >= "400":
                name = answer["$ref"].removeprefix("#/components/responses/")
                content = described["components"]["responses"][name]["content"]
                assert content == {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}, (path, verb)
            else:
                assert "X-Request-ID" in answer["headers"], (path, verb)
    refusals = described["components"]["responses"]
    assert "WWW-Authenticate" in refusals["Unauthorized"]["headers"]
    assert "Retry-After" in refusals["TooOften"]["headers"]
    assert "Retry-After" in refusals["Away"]["headers"]


def test_it_says_who_may_and_what_a_body_is(described):
    paths = described["paths"]
    assert described["security"] == [{"token": []}]
    assert paths["/api/tokens"]["post"]["security"] == [{"password": []}]
    assert paths["/api/users"]["post"]["security"] == []
    assert "security" not in paths["/api/posts"]["post"]
    assert paths["/api/posts"]["post"]["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewPost"}}},
    }
    assert paths["/api/tokens"]["post"]["requestBody"]["required"] is False
    assert described["components"]["schemas"]["NewPost"]["additionalProperties"] is False


def test_a_collection_says_by_what_it_is_paged(described):
    def parameters(path):
        return [each["$ref"].rpartition("/")[2] for each in described["paths"][path]["get"]["parameters"] if "$ref" in each]

    assert parameters("/api/users") == ["page", "per_page", "before", "after", "If-None-Match"]
    assert parameters("/api/search/posts") == ["page", "per_page", "If-None-Match"]
    assert parameters("/api/languages") == ["If-None-Match"]
    size = described["components"]["parameters"]["per_page"]["schema"]
    assert (size["default"], size["minimum"], size["maximum"]) == (10, 1, 100)


def test_ids_are_numbers_in_paths_and_texts_in_answers_where_they_are_long(described):
    (parameter,) = [each for each in described["paths"]["/api/posts/{post_id}"]["delete"]["parameters"] if "name" in each]
    assert parameter["schema"]["type"] == "integer"
    schemas = described["components"]["schemas"]
    assert schemas["Post"]["properties"]["id"]["type"] == "string"
    assert schemas["User"]["properties"]["id"]["type"] == "integer"
    assert schemas["Post"]["properties"]["created_at"]["format"] == "date-time"


def test_a_text_may_be_as_long_as_the_site_says(stranger, having):
    having(post_length=77)
    schemas = stranger.get("/api/openapi.json").json["components"]["schemas"]
    assert {schemas[name]["properties"]["body"]["maxLength"] for name in ("NewPost", "PostText", "NewMessage")} == {77}
    having(post_length=78)
    schemas = stranger.get("/api/openapi.json").json["components"]["schemas"]
    assert schemas["NewPost"]["properties"]["body"]["maxLength"] == 78


def test_what_is_sent_fits_what_is_said_of_it(program, alice, described):
    post = program.post("/api/posts", json={"body": "Which?", "poll": {"choices": ["this", "that"]}}).json
    answers = {
        "/api": program.get("/api").json,
        "/api/users/{user_id}": program.get(f"/api/users/{alice.id}").json,
        "/api/posts": program.get("/api/posts").json,
        "/api/posts/{post_id}": program.get(post["_links"]["self"]).json,
        "/api/polls/{poll_id}": program.get(post["poll"]["_links"]["self"]).json,
        "/api/tokens": program.get("/api/tokens").json,
    }
    for path, answer in answers.items():
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        judge = Draft202012Validator(schema | {"components": described["components"]})
        assert list(judge.iter_errors(answer)) == [], path
        assert list(judge.iter_errors({**answer, "_links": 1})), path
        assert list(judge.iter_errors({})), path


def test_its_server_carries_the_prefix(described):
    assert described["servers"] == [{"url": "http://localhost/microblog"}]
    assert described["externalDocs"]["url"] == "http://localhost/microblog/api/docs"


def test_it_is_made_once_and_asks_nothing_of_the_database(app, stranger, counted):
    first = stranger.get("/api/openapi.json")
    made = openapi.document.cache_info().misses
    with counted() as statements:
        assert stranger.get("/api/openapi.json").data == first.data
    assert statements == []
    assert openapi.document.cache_info().misses == made
    assert openapi.document(app.urls, 300) is openapi.document(app.urls, 300)


def test_who_has_it_already_is_told_so_and_pages_of_any_origin_may_read_it(stranger):
    first = stranger.get("/api/openapi.json", headers={"Origin": "https://elsewhere.example"})
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.mimetype == "application/json"
    etag = first.headers["ETag"]
    for sent in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        assert stranger.get("/api/openapi.json", headers={"If-None-Match": sent}).status_code == 304
    assert stranger.get("/api/openapi.json", headers={"If-None-Match": '"x"'}).status_code == 200
