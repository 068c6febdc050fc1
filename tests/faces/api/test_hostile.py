"""Whatever comes in by any route of the API is answered in JSON, stores nothing that it should not, and is never a 500."""

import json
import re
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from microblog.core import access_tokens
from microblog.faces.access_tokens import keys
from microblog.models import Message, Post, User
from tests.conftest import PASSWORD

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
HOSTILE = ["\x00", "\ud800", "\uffff", "a\r\nb", "'; DROP TABLE users; --", "%00", "../../etc/passwd", "٣", "-1", "9" * 30, "{{7*7}}", "한" * 1001]  # fmt: skip
MEMBERS = ("body", "poll", "choices", "closes_in", "username", "email", "password", "recipient_id", "label", "x")
READ = ("Accept-Language", "Authorization", "Cookie", "Host", "Idempotency-Key", "If-None-Match", "Origin", "Range")
nasty = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE))
encoded = st.one_of(nasty.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), nasty),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS) | nasty, inner, max_size=4),
    max_leaves=10,
)
objects = st.dictionaries(st.sampled_from(MEMBERS), values, max_size=5)
bodies = st.one_of(st.none(), st.binary(max_size=200), st.one_of(values, objects).map(lambda value: json.dumps(value).encode()))
HARMLESS = ["HEAD", "OPTIONS", "BREW"]
kinds = st.sampled_from(["application/json"] * 5 + ["text/plain", "", "application/x-www-form-urlencoded", "x/y; charset=utf-16"])
headers = st.fixed_dictionaries({}, optional=dict.fromkeys(READ, nasty))
queries = st.dictionaries(
    st.sampled_from(["page", "per_page", "before", "after", "user_id", "q", "since", "endpoint", "self", "request"]),
    encoded,
    max_size=4,
)


def latin(text: str) -> str:
    """A header as a server hands it over: no line breaks, bytes as Latin-1."""
    return re.sub(r"[\r\n\x00]", " ", text).encode("utf-8", "replace").decode("latin-1")


def quoted(raw: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in raw)


def counts(db):
    return [db.scalar(select(func.count()).select_from(table)) for table in (User, Post, Message)]


@pytest.fixture
def routes(app):
    return [route for route in app.urls.routes if route.face.name == "api"]


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_no_input_is_a_500_and_every_refusal_is_json_and_stores_nothing(app, program, alice, bob, db, routes, data):
    program.token = access_tokens.ask(db, keys(app.config), alice.id).token  # an example before may have revoked it
    db.commit()
    route = data.draw(st.sampled_from(routes))
    verb = data.draw(st.sampled_from([route.verb, route.verb, route.verb, "GET", "POST", "PUT", "DELETE", *HARMLESS]))
    value = data.draw(st.one_of(st.sampled_from([str(alice.id), str(bob.id), "4711"]), nasty))
    path = re.sub(r"<(?:\w+:)?\w+>", lambda _: value, route.rule)
    sent = {name: latin(text) for name, text in data.draw(headers).items()}
    if getattr(route.handler, "is_by_password", False):
        sent.setdefault("Authorization", "Basic " + b64encode(f"alice:{PASSWORD}".encode()).decode())
    query = b"&".join(name.encode() + b"=" + quoted(raw) for name, raw in data.draw(queries).items())
    before = counts(db)
    answer = program.open(
        "/",
        method=verb,
        environ_overrides={"PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"), "QUERY_STRING": query.decode()},
        headers=sent,
        data=data.draw(bodies),
        content_type=data.draw(kinds),
    )
    assert answer.status_code < 500, (route, path)
    assert "Set-Cookie" not in answer.headers
    if answer.status_code >= 400 and verb != "HEAD":
        assert answer.json["error"]
        assert set(answer.json) <= {"error", "message", "fields"}
    if verb in HARMLESS or verb == "GET" or answer.status_code >= 400:
        assert counts(db) == before


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(members=objects, known=st.fixed_dictionaries({}, optional={"body": nasty}))
def test_only_clean_text_is_stored(program, bob, db, members, known):
    before = counts(db)
    for path, more in (("/api/posts", {}), ("/api/messages", {"recipient_id": bob.id})):
        sent = json.dumps(members | known | more).encode()
        answer = program.post(path, data=sent, content_type="application/json")
        assert answer.status_code in (201, 400, 404, 422)
        if answer.status_code == 201:
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\uffff]", answer.json["body"])
            assert 1 <= len(answer.json["body"]) <= 300
    if not isinstance((members | known).get("body"), str):
        assert counts(db) == before
