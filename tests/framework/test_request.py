"""A request: its text is clean or refused, its cursor is always a cursor, and its transaction is as it should be."""

import re
from io import BytesIO
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.test import EnvironBuilder

from microblog.framework.pagination import Cursor
from microblog.framework.request import MOST_FIELDS, Request, decoded_path
from microblog.framework.response import SECURITY_HEADERS, Response, security_headers
from microblog.framework.session import Cookies
from microblog.framework.text import BadInput


class Sessions:
    """Stands for a database: it writes down what is asked of it."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def open(self, kind: str) -> SimpleNamespace:
        self.log.append(kind)
        return SimpleNamespace(commit=lambda: self.log.append("commit"), close=lambda: self.log.append("close"), info={})

    def reading(self) -> SimpleNamespace:
        return self.open("reading")

    def writing(self) -> SimpleNamespace:
        return self.open("writing")


def request(path: str = "/", **options) -> Request:
    options.setdefault("base_url", "http://localhost/microblog")
    app = SimpleNamespace(
        replica=None,
        database=Sessions(),
        cookies=Cookies(["a key"], mount="/microblog", secure=False),
        urls=SimpleNamespace(mount="/microblog"),
        guards={name.lower(): (name, value) for name, value in security_headers().items()},
    )
    return Request(EnvironBuilder(path, **options).get_environ(), app)


def with_query(raw: str) -> Request:
    found = request()
    found.environ["QUERY_STRING"] = raw
    return found


def with_form(raw: bytes, content_type: str = "application/x-www-form-urlencoded") -> Request:
    return request(method="POST", input_stream=BytesIO(raw), content_type=content_type, content_length=len(raw))


def multipart(*parts: bytes) -> Request:
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
    return with_form(body, "multipart/form-data; boundary=x")


# The query


@pytest.mark.row("XC-09")
def test_the_query_is_read_as_utf_8():
    assert with_query("q=%ED%95%9C%EA%B8%80+%F0%9F%98%80&%C3%A9=1").query == {"q": "한글 😀", "é": "1"}


def test_the_first_of_several_values_counts():
    assert with_query("a=1&a=2&b=&c").query == {"a": "1", "b": "", "c": ""}


@pytest.mark.parametrize(
    "raw", ["q=%FF", "q=%00", "q=%ED%A0%80", "%FF=1", "q=a%0Bb", "q=%EF%BF%BF", "&".join("a=1" for _ in range(300))]
)
def test_a_query_that_is_no_text_is_refused(raw):
    with pytest.raises(BadInput):
        _ = with_query(raw).query


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_query_does_anything_but_pass_or_be_refused(raw):
    try:
        query = with_query(raw).query
    except BadInput:
        return
    assert "\0" not in "".join([*query, *query.values()])


@pytest.mark.row("MT-09.8")
@pytest.mark.parametrize(
    ("raw", "cursor"),
    [
        ("", Cursor()),
        ("page=3", Cursor(page=3)),
        ("page=abc", Cursor()),
        ("page=0", Cursor()),
        ("page=-1", Cursor()),
        ("page=%D9%A3", Cursor()),
        ("page=99999999999999999999", Cursor()),
        ("before=7", Cursor(before=7)),
        ("after=7&page=2", Cursor(after=7, page=2)),
        ("before=x&after=-1", Cursor()),
        ("before=9223372036854775807", Cursor(before=2**63 - 1)),
    ],
)
def test_whatever_is_said_of_the_place_in_a_list_is_a_place(raw, cursor):
    assert with_query(raw).cursor == cursor


# The form


@pytest.mark.row("XC-09")
def test_a_form_is_read_as_utf_8():
    assert with_form(b"post=%ED%95%9C%EA%B8%80&name=a+b").fields == {"post": "한글", "name": "a b"}


@pytest.mark.row("XC-09")
def test_a_form_whose_sender_did_not_escape_its_text_is_read_too():
    assert with_form("post=안녕 😀".encode()).fields == {"post": "안녕 😀"}


def test_a_form_in_parts_is_read_too():
    found = multipart(
        b'Content-Disposition: form-data; name="post"\r\n\r\n' + "한글".encode(),
        b'Content-Disposition: form-data; name="post"\r\n\r\nsecond',
        b"Content-Disposition: form-data\r\n\r\nnameless",
    )
    assert found.fields == {"post": "한글"}


def test_an_uploaded_file_is_no_field():
    assert multipart(b'Content-Disposition: form-data; name="post"; filename="../../x"\r\n\r\nfile').fields == {}


@pytest.mark.parametrize("raw", [b"post=%FF", b"post=\xff", b"post=%00", b"%ED%A0%80=1", b"a=1&" * (MOST_FIELDS + 1)])
def test_a_form_that_is_no_text_is_refused(raw):
    with pytest.raises(BadInput):
        _ = with_form(raw).fields


@pytest.mark.parametrize("raw", [b"a\xffb", b"a\0b", b"\xed\xa0\x80"])
def test_a_form_in_parts_that_is_no_text_is_refused(raw):
    with pytest.raises(BadInput):
        _ = multipart(b'Content-Disposition: form-data; name="post"\r\n\r\n' + raw).fields


def test_a_post_without_a_body_is_an_empty_form():
    assert request(method="POST").fields == {}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png", "nonsense"])
def test_a_body_of_another_kind_is_refused(kind):
    with pytest.raises(UnsupportedMediaType):
        _ = with_form(b"post=a", kind).fields


def test_a_body_that_is_too_large_is_refused_unread():
    found = with_form(b"post=" + b"a" * 100)
    found.max_content_length = 50
    with pytest.raises(RequestEntityTooLarge):
        _ = found.fields


@pytest.mark.parametrize(("length", "fits"), [(0, True), (49, True), (50, False), (1_000, False)])
def test_a_body_in_chunks_that_is_too_large_is_refused_and_not_cut_off(length, fits):
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(b"a" * length), "wsgi.input_terminated": True}
    found = Request(environ, app=SimpleNamespace())
    found.max_content_length = 50
    if fits:
        assert found.get_data() == b"a" * length
    else:
        with pytest.raises(RequestEntityTooLarge):
            found.get_data()


@pytest.mark.parametrize("said", ["", "Basic é", "Basic !", "Basic /////w==", "é", "Basic"])
def test_a_header_of_authorization_that_cannot_be_read_says_nothing(said):
    found = Request({"HTTP_AUTHORIZATION": said}, app=SimpleNamespace()).authorization
    assert not (found and found.username)
    assert Request({"HTTP_AUTHORIZATION": "Basic YTpi"}, app=SimpleNamespace()).authorization.username == "a"


# The path


@pytest.mark.row("XC-09")
def test_a_path_is_read_as_utf_8():
    assert decoded_path({"PATH_INFO": "/user/한글".encode().decode("latin-1")}) == "/user/한글"
    assert decoded_path({}) == ""


@pytest.mark.parametrize("path", ["/\xff", "/a\0b", "/a\r\nb", "/a\tb", "/\x7f"])
def test_a_path_with_bytes_that_are_no_text_is_refused(path):
    with pytest.raises(BadInput):
        decoded_path({"PATH_INFO": path})


@pytest.mark.row("XC-02")
def test_the_way_back_here_has_the_mount_and_the_query():
    assert request("/user/susan?page=2").here == "/microblog/user/susan?page=2"
    assert request("/explore").here == "/microblog/explore"


# The session with Postgres


def test_a_request_that_asks_nothing_opens_nothing():
    found = request()
    found.begin()
    found.commit()
    found.release()
    assert found.app.database.log == []


def test_reading_is_a_plain_view_from_first_to_last():
    found = request()
    assert found.db is found.db
    found.begin()
    _ = found.db
    found.commit()
    assert found.app.database.log == ["reading", "close"]


def test_what_may_change_something_is_one_transaction_once_it_begins():
    found = request(method="POST")
    _ = found.db
    found.begin()
    assert found.db is found.db
    found.commit()
    assert found.app.database.log == ["reading", "close", "writing", "commit", "close"]


def test_what_is_released_is_not_committed():
    found = request(method="POST")
    found.begin()
    _ = found.db
    found.release()
    assert found.app.database.log == ["writing", "close"]


def test_to_start_over_is_to_forget_the_person_the_transaction_and_the_cookies():
    found = request(method="POST")
    found.user = "somebody"
    found.begin()
    _ = found.db
    found.visit.flash("done")
    found.start_over()
    assert (found.user, found.visit.state) == (None, {})
    assert found.app.database.log == ["writing", "close"]
    _ = found.db
    assert found.app.database.log[-1] == "reading"


@pytest.mark.parametrize(
    ("method", "safe"), [("GET", True), ("HEAD", True), ("OPTIONS", True), ("POST", False), ("DELETE", False), ("X", False)]
)
def test_only_the_methods_that_promise_it_are_safe(method, safe):
    assert request(method=method).is_safe is safe


# The end


def sent(response: Response) -> Headers:
    """The headers as they go to the server."""
    return Headers(response.get_wsgi_response({"REQUEST_METHOD": "GET"})[2])


def test_every_answer_carries_the_same_guards():
    answer = sent(request().finish(Response("x")))
    assert {name: answer.getlist(name) for name in SECURITY_HEADERS} == {
        name: [value] for name, value in SECURITY_HEADERS.items()
    }
    assert answer["Cache-Control"] == "no-store"


def test_an_answer_may_have_a_guard_of_its_own():
    answer = sent(request().finish(Response("x", headers={"content-security-policy": "default-src 'self'"})))
    assert answer.getlist("Content-Security-Policy") == ["default-src 'self'"]


def test_a_good_answer_is_kept_as_its_route_says_and_a_bad_one_never():
    found = request()
    found.route = SimpleNamespace(cache="public, max-age=60")
    assert sent(found.finish(Response("x")))["Cache-Control"] == "public, max-age=60"
    assert sent(found.finish(Response("x", status=404)))["Cache-Control"] == "no-store"
    assert sent(found.finish(Response("x", status=303)))["Cache-Control"] == "no-store"
    assert sent(found.finish(Response("x", headers={"cache-control": "private"}))).getlist("Cache-Control") == ["private"]


def test_cookies_are_written_only_when_they_changed():
    found = request()
    assert "Set-Cookie" not in found.finish(Response("x")).headers
    found.visit.flash("Hello")
    assert "Set-Cookie" in found.finish(Response("x")).headers


@pytest.mark.parametrize("given", ["0123456789abcdef", "A-good-one"])
def test_the_id_that_the_front_gave_is_kept(given):
    assert sent(request(headers={"X-Request-ID": given}).finish(Response("x")))["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "has space in it", "<script>alert</script>", "tab\tand-more"])
def test_an_id_that_is_none_is_replaced(given):
    assert re.fullmatch("[0-9a-f]{32}", request(headers={"X-Request-ID": given}).id)
