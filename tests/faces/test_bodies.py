"""Bodies of programs: JSON objects, and nothing else."""

import pytest
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.test import EnvironBuilder

from microblog.faces.bodies import json_object
from microblog.framework.request import Request
from microblog.framework.text import BadInput


@pytest.fixture
def sent(app):
    def request(raw: bytes, kind: str | None = "application/json") -> Request:
        builder = EnvironBuilder("/", method="POST", data=raw, content_type=kind, base_url="http://localhost/microblog")
        return Request(builder.get_environ(), app)

    return request


def test_an_object_gives_its_members(sent):
    assert json_object(sent('{"name": "한글😀", "n": 1}'.encode())) == {"name": "한글😀", "n": 1}
    assert json_object(sent(b"{}", "application/problem+json; charset=utf-8")) == {}


@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"null", b"5", b"{", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 5_000])
def test_what_is_no_object_is_bad_input(sent, raw):
    with pytest.raises(BadInput):
        json_object(sent(raw))
    with pytest.raises(BadInput):
        json_object(sent(raw, "text/plain"), whatever_it_says=True)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_must_say_that_it_is_json_unless_the_protocol_does_not_care(sent, kind):
    with pytest.raises(UnsupportedMediaType):
        json_object(sent(b"{}", kind))
    assert json_object(sent(b"{}", kind), whatever_it_says=True) == {}
