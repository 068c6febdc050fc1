"""Exercises 6, 7 and 8: who calls, and how; as a sentence and as JSON."""

import pytest

NO_KEY = "No key"
KEYS = [({"key1": "v"}, "v"), ({"key1": "한글😀"}, "한글😀"), ({"key1": 10**30}, 10**30), ({"key1": None}, None), ({}, NO_KEY)]


@pytest.mark.row("LB-06")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("query", "name"),
    [("", "이름이 없는 자"), ("?name=", "이름이 없는 자"), ("?name=JongHyun", "JongHyun"), ("?name=%EC%A2%85%ED%98%84", "종현")],
)
def test_the_caller_hears_how_they_came(curl, method, query, name):
    answer = curl.open(f"/6/{query}", method=method, headers={"User-Agent": "curl/8"})
    assert answer.status_code == 200
    assert answer.text == f"{name}, 그대는 {method} 로 호출하였구나. 그대는 curl/8 검을 쓰는군."


@pytest.mark.row("LB-D3")
def test_an_echo_is_text_and_no_page(curl):
    answer = curl.get("/6/?name=<b>", headers={"User-Agent": "<script>"})
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text == "<b>, 그대는 GET 로 호출하였구나. 그대는 <script> 검을 쓰는군."


@pytest.mark.row("LB-D9")
@pytest.mark.parametrize("exercise", [6, 7, 8])
def test_who_does_not_say_what_they_are_has_no_name(curl, exercise):
    answer = curl.get(f"/{exercise}/")
    assert "HTTP_USER_AGENT" not in answer.request.environ
    assert answer.status_code == 200
    assert answer.json["client"] == "" if exercise > 6 else answer.text.endswith("그대는  검을 쓰는군.")


@pytest.mark.row("LB-07")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_same_as_json(curl, method):
    answer = curl.open("/7/?name=X", method=method, headers={"User-Agent": "me"})
    assert answer.content_type == "application/json"
    assert answer.json == {"method": method, "name": "X", "client": "me"}
    assert "이름이 없는 자" in curl.get("/7/").text, "Korean is not written as numbers"


@pytest.mark.row("LB-08")
@pytest.mark.parametrize(("sent", "key"), KEYS)
def test_a_member_of_the_body_comes_back(curl, sent, key):
    answer = curl.post("/8/?name=a", json=sent, headers={"User-Agent": "x"})
    assert answer.status_code == 200
    assert answer.json == {"method": "POST", "name": "a", "client": "x", "key1": key}


@pytest.mark.row("LB-08")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_json_is_read_also_where_it_is_called_something_else(curl, kind):
    assert curl.post("/8/", data='{"key1": "v"}', content_type=kind).json["key1"] == "v"


@pytest.mark.row("LB-D10")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", None),
        (b"", "application/json"),
        (b"key1=v", "application/x-www-form-urlencoded"),
        (b"\xff\x00", "application/octet-stream"),
        (b"[]", "text/plain"),
    ],
)
def test_without_json_there_is_no_key(curl, method, body, kind):
    answer = curl.open("/8/", method=method, data=body, content_type=kind)
    assert (answer.status_code, answer.json["key1"]) == (200, NO_KEY)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[]", b'"v"', b"NaN", b"[" * 60_000, b'{"key1": 1, "key1": 2}', b'{"key1": "\\u0000"}']
)
def test_what_says_it_is_json_and_is_none_is_a_400(curl, body):
    answer = curl.post("/8/", data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert answer.text.endswith(".")


def test_too_large_a_body_is_a_413(curl):
    assert curl.post("/8/", data=b'{"key1": "' + b"x" * 70_000 + b'"}', content_type="application/json").status_code == 413


@pytest.mark.parametrize("exercise", [6, 7, 8])
def test_bytes_that_are_no_text_are_a_400(curl, exercise):
    assert curl.get(f"/{exercise}/?name=%FF").status_code == 400
    assert curl.get(f"/{exercise}/", environ_overrides={"HTTP_USER_AGENT": "\xff"}).status_code == 400
