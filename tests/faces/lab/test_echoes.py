"""Exercises 6, 7 and 8: who calls, and how."""

import pytest


@pytest.mark.row("LB-06")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_caller_hears_how_they_came(curl, method):
    answer = curl.open("/6/?name=%EC%95%84%EC%84%9C", method=method, headers={"User-Agent": "curl/8"})
    assert answer.text == f"아서, 그대는 {method} 로 호출하였구나. 그대는 curl/8 검을 쓰는군."
    assert curl.open("/6/", method=method, headers={"User-Agent": "x"}).text.startswith("이름이 없는 자, ")


@pytest.mark.row("LB-D3")
def test_an_echo_is_text_and_no_page(curl):
    answer = curl.get("/6/?name=<b>", headers={"User-Agent": "<i>"})
    assert (answer.mimetype, "<b>" in answer.text) == ("text/plain", True)


@pytest.mark.row("LB-D9")
def test_who_does_not_say_what_they_are_is_nobody(curl, app):
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    environ = EnvironBuilder("/lab/6/", base_url="http://localhost/microblog").get_environ()
    environ.pop("HTTP_USER_AGENT", None)
    body, status, _ = run_wsgi_app(app, environ)
    assert status.startswith("200")
    assert "그대는  검을" in b"".join(body).decode()


@pytest.mark.row("LB-07")
def test_the_same_as_json(curl):
    answer = curl.get("/7/?name=X", headers={"User-Agent": "me"})
    assert (answer.mimetype, answer.json) == ("application/json", {"method": "GET", "name": "X", "client": "me"})


@pytest.mark.row("LB-08", "LB-D10")
def test_a_member_of_the_body_comes_back(curl):
    assert curl.post("/8/", json={"key1": "v"}).json["key1"] == "v"
    assert curl.post("/8/", json={}).json["key1"] == "No key"
    assert curl.get("/8/").json["key1"] == "No key"
    assert curl.post("/8/", data="plain", content_type="text/plain").json["key1"] == "No key"
    assert curl.post("/8/", data="{", content_type="application/json").status_code == 400
