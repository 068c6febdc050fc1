"""Whatever comes in by any route of the web is answered clearly, stores nothing it should not, and is never a 500."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from microblog.models import Follow, Post, User

nasty = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "\ud800", "\uffff", "a\r\nb", "'; DROP TABLE users; --", "%00", "../../etc/passwd", "٣", "-1", "9" * 30, "<script>", "{{7*7}}", "￿", "@" * 101, "한" * 1001]),
)  # fmt: skip
encoded = st.one_of(nasty.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60))
fields = st.dictionaries(
    st.sampled_from(["post", "username", "email", "password", "password2", "remember_me", "next", "nonce", "x"]),
    encoded,
    max_size=6,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": nasty, "Accept-Language": nasty, "Cookie": nasty, "User-Agent": nasty, "Origin": nasty, "Sec-Fetch-Site": nasty,
        "X-Request-ID": nasty, "X-Forwarded-For": nasty, "Host": nasty, "Range": nasty, "If-None-Match": nasty,
    },
)  # fmt: skip
bodies = st.one_of(
    st.none(),
    st.binary(max_size=200),
    fields.map(lambda pairs: b"&".join(k.encode() + b"=" + quote(v) for k, v in pairs.items())),
)
kinds = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/plain",
        "",
        "x/y; charset=utf-16",
    ]
)


def quote(raw: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in raw)


def latin(text: str) -> str:
    """A header as a server hands it over: no line breaks, bytes as Latin-1."""
    return re.sub(r"[\r\n\x00]", " ", text).encode("utf-8", "replace").decode("latin-1")


def counts(db):
    return [db.scalar(select(func.count()).select_from(table)) for table in (User, Post, Follow)]


@pytest.fixture
def routes(app):
    return [route for route in app.urls.routes if route.face.name == "web"]


# A pass over the whole table of routes; the database stands still in the test's transaction.
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_input_is_a_500_and_a_form_without_its_token_stores_nothing(app, as_alice, bob, db, routes, data):
    route = data.draw(st.sampled_from(routes))
    value = data.draw(st.one_of(st.sampled_from(["alice", "bob", "1"]), nasty))
    path = re.sub(r"<(?:\w+:)?\w+>", lambda _: value, route.rule)
    before = counts(db)
    answer = as_alice.open(
        "/",
        method=data.draw(st.sampled_from([route.verb, "GET", "POST", "HEAD", "PUT", "BREW"])),
        environ_overrides={
            "PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"),
            "QUERY_STRING": data.draw(
                st.one_of(encoded, fields.map(lambda pairs: b"&".join(k.encode() + b"=" + v for k, v in pairs.items())))
            ).decode("latin-1"),
        },
        headers={name: latin(text) for name, text in data.draw(headers).items() if name != "Cookie"},
        data=data.draw(bodies),
        content_type=data.draw(kinds),
    )
    assert answer.status_code < 500, (route, path)
    assert answer.status_code != 200 or answer.mimetype in (
        "text/html",
        "text/plain",
        "application/json",
        "image/svg+xml",
        "text/css",
        "text/javascript",
    )
    assert "evil.test" not in answer.headers.get("Location", "")
    assert counts(db) == before


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(raw=encoded, name=st.sampled_from(["post", "nonce", "next"]))
def test_with_a_good_token_only_clean_text_is_stored(as_alice, db, raw, name):
    token = as_alice.token("/explore").encode()
    pairs = {b"csrf_token": quote(token), b"post": b"fine", name.encode(): quote(raw)}
    answer = as_alice.post(
        "/", data=b"&".join(k + b"=" + v for k, v in pairs.items()), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (303, 400, 422)
    assert answer.headers.get("Location", "/microblog/") == "/microblog/"
    for body in db.scalars(select(Post.body)):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff￿]", body)
        assert 1 <= len(body) <= 300


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(values=st.fixed_dictionaries(dict.fromkeys(("username", "email", "password", "password2"), encoded)))
def test_no_registration_is_a_500(browser, values):
    browser.get("/auth/register")
    body = b"&".join(name.encode() + b"=" + quote(raw) for name, raw in values.items())
    body += b"&csrf_token=" + browser.token().encode()
    answer = browser.post("/auth/register", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (303, 400, 422)
