"""An operation is described by its route, its handler's signature and its handler's words."""

import pytest

from microblog.faces.api import face, operations
from microblog.faces.api.operations import names, operation, path_of
from microblog.faces.api.typed import contract


@pytest.fixture
def routes(app):
    return [route for route in app.urls.routes if route.face is face]


@pytest.fixture
def described(routes):
    """The operation of a verb and a rule."""

    def of(verb, rule):
        (route,) = [route for route in routes if (route.verb, route.rule) == (verb, rule)]
        terms = contract(route.handler)
        return operation(route, "a.name", {terms.body: {"$ref": "taken"}, terms.answer: {"$ref": "given"}})

    return of


def test_a_path_names_its_parameters(routes):
    paths = [path_of(route) for route in routes]
    assert "/api/posts/{post_id}" in paths
    assert "/api/exports/{task_id}/posts.json" in paths
    assert not any("<" in path for path in paths)


def test_an_operation_is_called_by_its_handler_and_by_how_it_differs_from_others_of_the_same(routes):
    found = dict(zip(((route.verb, route.rule) for route in routes), names(routes), strict=True))
    assert found["POST", "/api/posts"] == "posts.create"
    assert found["GET", "/api/posts"] == "posts.index"
    assert found["GET", "/api/timelines/public"] == "posts.index_public"
    assert found["PUT", "/api/users/<id:user_id>"] == "users.update"
    assert found["PATCH", "/api/users/<id:user_id>"] == "users.patch"
    assert found["DELETE", "/api/tokens"] == "access_tokens.delete"
    assert found["DELETE", "/api/tokens/<id:token_id>"] == "access_tokens.delete_by_id"
    assert found["PUT", "/api/notifications/<id:notification_id>/read"] == "notifications.update"
    assert found["PUT", "/api/notifications/read"] == "notifications.update_all"
    assert len(set(found.values())) == len(routes)


def test_every_parameter_of_a_path_or_a_query_has_a_meaning(routes):
    for route in routes:
        assert {*route.arguments, *contract(route.handler).query} <= operations.MEANINGS.keys()


def test_what_is_made_says_where_it_is_and_that_it_was_made_before(described):
    made = described("POST", "/api/posts")["responses"]["201"]
    assert {"Location", "Idempotent-Replayed", "X-RateLimit-Remaining"} <= made["headers"].keys()
    assert made["content"] == {"application/json": {"schema": {"$ref": "given"}}}
    assert "Idempotent-Replayed" not in described("POST", "/api/tokens")["responses"]["200"]["headers"]


def test_what_is_gone_has_no_content(described):
    gone = described("DELETE", "/api/posts/<id:post_id>")["responses"]["204"]
    assert "content" not in gone


def test_whoever_reads_may_have_it_already(described):
    answers = described("GET", "/api/posts")["responses"]
    assert "ETag" in answers["200"]["headers"]
    assert "ETag" in answers["304"]["headers"]
    assert "304" not in described("POST", "/api/posts")["responses"]


@pytest.mark.parametrize(
    ("verb", "rule", "more"),
    [
        ("GET", "/api", set()),
        ("GET", "/api/posts", {"401"}),
        ("GET", "/api/posts/<id:post_id>", {"401", "404"}),
        ("GET", "/api/conversations/<id:user_id>", {"401", "404", "409"}),
        ("PUT", "/api/users/<id:user_id>/follow", {"401", "404", "409", "429"}),
        ("POST", "/api/users", {"403", "413", "415", "422", "429"}),
        ("POST", "/api/polls/<id:poll_id>/votes", {"401", "403", "404", "409", "413", "415", "422", "429"}),
        ("POST", "/api/exports", {"401", "409", "413", "422", "429"}),
        ("DELETE", "/api/posts/<id:post_id>", {"401", "403", "404", "429"}),
    ],
)
def test_an_operation_names_what_it_may_run_into(described, verb, rule, more):
    refused = {status for status in described(verb, rule)["responses"] if status >= "400"}
    assert refused == {"400", "500", "503"} | more


def test_what_is_no_json_says_so(described):
    assert list(described("GET", "/api/docs")["responses"]["200"]["content"]) == ["text/html"]
    assert described("GET", "/api/exports/<task_id>/posts.json")["responses"]["200"]["content"] == {
        "application/json": {"schema": {"$ref": "given"}}
    }


def test_a_limit_is_the_one_that_is_kept(described):
    assert described("POST", "/api/posts")["x-rate-limit"] == {"times": 30, "seconds": 300}
    assert "x-rate-limit" not in described("GET", "/api/posts")


def test_a_parameter_of_the_query_says_its_default_and_whether_it_must_be_sent(described):
    (since,) = [each for each in described("GET", "/api/signals")["parameters"] if each.get("name") == "since"]
    assert (since["required"], since["schema"]["default"]) == (False, 0.0)
    (looked_for,) = [each for each in described("GET", "/api/search/users")["parameters"] if each.get("name") == "q"]
    assert looked_for["required"] is True
