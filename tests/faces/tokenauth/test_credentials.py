"""What shows who somebody is."""

import pytest
from werkzeug.exceptions import UnprocessableEntity, UnsupportedMediaType
from werkzeug.test import EnvironBuilder

from microblog.faces.tokenauth import credentials
from microblog.faces.tokenauth.refusals import Unauthorized
from microblog.framework.request import Request
from microblog.framework.text import BadInput


@pytest.fixture
def sent(app):
    return lambda **options: credentials.sent(Request(EnvironBuilder(method="POST", **options).get_environ(), app))


@pytest.mark.row("TK-D1")
def test_they_come_in_the_header_or_in_the_body(sent):
    alice = ("alice", "a:b")
    assert sent(headers={"Authorization": "Basic YWxpY2U6YTpi"}) == alice
    for name in ("username", "email", "login"):
        assert sent(json={name: "alice", "password": "a:b", "more": 1}) == alice
    assert sent(json={"login": "bob", "password": "x"}, headers={"Authorization": "Basic YWxpY2U6YTpi"}) == alice


def test_a_header_of_another_kind_leaves_it_to_the_body(sent):
    assert sent(json={"login": "bob", "password": "x"}, headers={"Authorization": "Bearer x"}) == ("bob", "x")


@pytest.mark.parametrize("options", [{}, {"data": b""}, {"json": {}}, {"json": {"name": "alice"}}])
def test_nothing_at_all_is_nobody(sent, options):
    with pytest.raises(Unauthorized):
        sent(**options)


@pytest.mark.row("TK-14")
@pytest.mark.parametrize(
    "members",
    [
        {"username": "alice"},
        {"password": "x"},
        {"username": 5, "password": "x"},
        {"username": None, "password": "x"},
        {"username": "alice", "password": 5},
        {"username": "alice", "password": ["x"]},
        {"username": "alice", "email": "alice@example.org", "password": "x"},
    ],
)
def test_a_half_and_what_is_no_text_cannot_be_processed(sent, members):
    with pytest.raises(UnprocessableEntity):
        sent(json=members)


@pytest.mark.parametrize("body", ["{", "[]", "null", '"s"', '{"username": "\\u0000", "password": "x"}'])
def test_a_body_that_is_no_json_object_is_not_understood(sent, body):
    with pytest.raises(BadInput):
        sent(data=body, content_type="application/json")


def test_a_body_of_another_kind_is_not_read(sent):
    with pytest.raises(UnsupportedMediaType):
        sent(data="username=alice&password=x", content_type="application/x-www-form-urlencoded")
