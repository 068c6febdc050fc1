"""Whatever is refused is JSON with a reason, a sentence in the reader's language, and what was wrong with which member."""

import psycopg2
import pytest
from sqlalchemy import exc, func, select

from microblog.core import timelines
from microblog.models import Post

DEEP = "[" * 40 + "]" * 40


def is_refusal(answer, status, reason):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert answer.json["error"] == reason
    assert set(answer.json) <= {"error", "message", "fields"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    return True


@pytest.mark.row("MT-23.13", "MT-D32")
def test_each_kind_of_trouble_has_its_status_its_reason_and_a_sentence(program, bob, db):
    db.commit()
    json = {"content_type": "application/json"}
    for answer, status, reason in (
        (program.post("/api/posts", data=b"{", **json), 400, "Bad Request"),
        (program.put(f"/api/users/{bob.id}", json={}), 403, "Forbidden"),
        (program.get("/api/posts/1"), 404, "Not Found"),
        (program.get("/api/nope"), 404, "Not Found"),
        (program.get("/api/"), 404, "Not Found"),
        (program.patch("/api/posts", json={}), 405, "Method Not Allowed"),
        (program.open("/api/posts", method="BREW"), 405, "Method Not Allowed"),
        (program.post("/api/messages", json={"recipient_id": bob.id, "body": "x" * 66_000}), 413, "Request Entity Too Large"),
        (program.post("/api/posts", data=b"body=hello", content_type="text/plain"), 415, "Unsupported Media Type"),
        (program.post("/api/posts", data={"body": "hello"}), 415, "Unsupported Media Type"),
        (program.post("/api/posts", json={"body": ""}), 422, "Unprocessable Entity"),
    ):
        assert is_refusal(answer, status, reason)
        assert answer.json["message"].endswith(".")
    assert db.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.row("MT-23.13")
def test_nobody_knows_you_says_no_more_than_that(stranger):
    answer = stranger.get("/api/posts")
    assert is_refusal(answer, 401, "Unauthorized")
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize("body", [None, b"", b"x" * 70_000])
def test_what_is_not_there_and_what_may_not_be_done_is_known_before_any_body(stranger, program, body):
    for client in (stranger, program):
        assert is_refusal(client.post("/api/nope", data=body), 404, "Not Found")
        answer = client.post("/api/polls/1", data=body)
        assert is_refusal(answer, 405, "Method Not Allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_head_is_get_without_a_body_and_options_names_the_verbs(program, stranger):
    head, get = program.head("/api/users"), program.get("/api/users")
    assert (head.status_code, head.data) == (200, b"")
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (get.headers["Content-Length"], get.headers["ETag"])
    assert stranger.head("/api/users").status_code == 401
    answer = stranger.options("/api/posts/1")
    assert answer.status_code == 200
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert answer.headers["Access-Control-Allow-Methods"] == answer.headers["Allow"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert is_refusal(stranger.options("/api/nope"), 404, "Not Found")


def test_a_page_of_any_origin_may_read_what_went_wrong(program, stranger):
    for answer in (program.get("/api/users"), program.get("/api/posts/1"), stranger.get("/api/posts"), stranger.get("/api/nope")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.row("MT-23.13", "MT-23.14", "TK-15")
@pytest.mark.parametrize("accept", ["text/html", "*/*", "", "application/json"])
def test_what_nobody_foresaw_is_a_500_in_json_without_detail(program, monkeypatch, caplog, accept):
    monkeypatch.setattr(timelines.everybody, "page", lambda *_, **__: 1 / 0)
    answer = program.get("/api/posts", headers={"Accept": accept, "X-Request-ID": "abc-123-def"})
    assert is_refusal(answer, 500, "Internal Server Error")
    assert answer.headers["X-Request-ID"] == "abc-123-def"
    assert "ZeroDivision" not in answer.text
    assert "ZeroDivision" in caplog.text


@pytest.mark.row("MT-23.13")
def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(program, monkeypatch):
    def away(*_, **__):
        raise exc.OperationalError("SELECT", {}, psycopg2.OperationalError("gone"))

    monkeypatch.setattr(timelines.everybody, "page", away)
    monkeypatch.setattr("time.sleep", lambda _: None)
    answer = program.get("/api/posts")
    assert is_refusal(answer, 503, "Service Unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_another_host_is_not_spoken_for(program, having):
    having(environment="production")
    assert is_refusal(program.get("/api", base_url="http://evil.test/microblog"), 421, "Misdirected Request")
    assert is_refusal(program.get("/api/nope", base_url="http://evil.test/microblog"), 421, "Misdirected Request")


@pytest.mark.row("MT-23.14")
@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", None, "application/json"])
def test_the_api_says_no_in_json_whoever_asks(program, accept):
    headers = {} if accept is None else {"Accept": accept}
    for path in ("/api/users/999999", "/api/nope"):
        assert is_refusal(program.get(path, headers=headers), 404, "Not Found")


@pytest.mark.row("MT-23.14")
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.9", "application/json"),
    ],
)
def test_elsewhere_it_is_json_for_who_prefers_it(browser, accept, kind):
    answer = browser.get("/nope", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, kind)


def test_sentences_of_core_are_in_the_language_that_the_program_asks_for(program, stranger, alice):
    said = {
        language: program.put(f"/api/users/{alice.id}/follow", headers={"Accept-Language": language}).json["message"]
        for language in ("en", "es", "ko;q=0.9, en;q=0.5", "xx")
    }
    assert said["en"] == said["xx"] == "You cannot follow yourself!"
    assert len(set(said.values())) == 3
    fields = stranger.post("/api/users", json={"username": "a/b", "email": "a@b", "password": "long enough"},
                           headers={"Accept-Language": "ko"}).json["fields"]  # fmt: skip
    assert list(fields) == ["username"]
    assert not fields["username"].isascii()


def test_a_person_who_has_chosen_a_language_hears_it(new_program, new_person):
    susan = new_person("susan", language="es")
    answer = new_program(susan).put(f"/api/users/{susan.id}/follow", headers={"Accept-Language": "ko"})
    assert (answer.status_code, answer.json["message"]) == (409, "¡No puedes seguir tu propia cuenta!")


@pytest.mark.row("MT-D32", "XC-09")
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"null", 400, None),
        (b"[]", 400, None),
        (b'"hello"', 400, None),
        (b"7", 400, None),
        (b"{", 400, None),
        (b"{}", 422, "body"),
        (b'{"body": "hello"', 400, None),
        (b'{"body": "hello"} x', 400, None),
        (b"{'body': 'hello'}", 400, None),
        (b'{"body": "a", "body": "b"}', 400, None),
        (b'{"body": "a", "BODY": "b"}', 422, "BODY"),
        (b'{"body": NaN}', 400, None),
        (b'{"body": Infinity}', 400, None),
        (b'{"body": 1e999}', 400, None),
        (b'{"body": ' + b"9" * 5_000 + b"}", 400, None),
        (b'{"body": ' + DEEP.encode() + b"}", 400, None),
        (b'{"body": "' + b"[" * 30_000 + b'"}', 422, "body"),
        (b"[" * 60_000, 400, None),
        (b'{"body": "\xff"}', 400, None),
        (b'{"body": "\xed\xa0\x80"}', 400, None),
        (b'\xff\xfe{\x00}\x00', 400, None),
        (b'\xef\xbb\xbf{"body": "hello"}', 400, None),
        (rb'{"body": "a\u0000b"}', 400, None),
        (rb'{"body": "\ud800"}', 400, None),
        (rb'{"body": "\uffff"}', 400, None),
        (rb'{"\u0000": "hello"}', 400, None),
        (b'{"body": "a\x00b"}', 400, None),
        (b'{"body": 1}', 422, "body"),
        (b'{"body": 1.5}', 422, "body"),
        (b'{"body": true}', 422, "body"),
        (b'{"body": null}', 422, "body"),
        (b'{"body": ["hello"]}', 422, "body"),
        (b'{"body": {"text": "hello"}}', 422, "body"),
        (b'{"body": "   "}', 422, "body"),
        (b'{"text": "hello"}', 422, "text"),
        (b'{"body": "hello", "author_id": 1}', 422, "author_id"),
        ('{"body": "hello", "한글😀": 1}'.encode(), 422, "한글😀"),
        (b'{"body": "hello", "a - at `$.b`": 1}', 422, None),
        (b'{"body": "hello", "100%(x)s %d": 1}', 422, "100%(x)s %d"),
        (b'{"body": "' + b"x" * 301 + b'"}', 422, "body"),
        (b'{"body": "' + b"x" * 5_001 + b'"}', 422, "body"),
    ],
)  # fmt: skip
def test_a_hostile_body_is_refused_clearly_and_nothing_is_stored(program, db, body, status, field):
    answer = program.post("/api/posts", data=body, content_type="application/json")
    assert is_refusal(answer, status, {400: "Bad Request", 422: "Unprocessable Entity"}[status])
    assert answer.json["message"]
    if field:
        assert list(answer.json["fields"]) == [field]
    assert db.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON"]
)
def test_json_is_taken_by_any_of_its_names(program, kind):
    assert program.post("/api/posts", data='{"body": "한글😀"}'.encode(), content_type=kind).status_code == 201


@pytest.mark.row("TK-19")
@pytest.mark.parametrize(
    "query", ["%ff", "q=%ed%a0%80", "x=%00", "user_id=%00", "per_page=%1b", "&".join(f"a{n}=1" for n in range(300))]
)
def test_a_query_of_bad_bytes_is_a_400(program, query):
    assert is_refusal(program.get(f"/api/posts?{query}"), 400, "Bad Request")


def test_a_path_of_bad_bytes_is_a_400(program):
    for raw in (b"/api/\xff", b"/api/exports/\x00", b"/api/exports/a\r\nb"):
        answer = program.open("/", environ_overrides={"PATH_INFO": raw.decode("latin-1")})
        assert is_refusal(answer, 400, "Bad Request")
