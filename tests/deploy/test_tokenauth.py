"""The token handler behind the real uWSGI and nginx: its own status arrives with its reason."""

import json

import pytest

from microblog import demo

from .installation import Installation
from .wire import RawAnswer, raw, raw_get


@pytest.fixture(scope="module")
def uid(site: Installation) -> int:
    return site.one("SELECT id FROM users WHERE username = 'marta'")


@pytest.fixture(scope="module")
def token(site: Installation) -> str:
    body = json.dumps({"username": "marta", "password": demo.PASSWORD})
    headers = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    answer = raw(site, f"POST {site.mount}/tokenauth/auth HTTP/1.1", *headers, body=body)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["token"]


def ask(site: Installation, token: str, uid: object) -> RawAnswer:
    return raw_get(site, f"{site.mount}/tokenauth/secret", f"Authorization: Bearer {token}", f"uid: {uid}")


@pytest.mark.row("TK-03", "TK-09")
def test_both_headers_arrive_and_a_fresh_token_comes_back(site: Installation, token: str, uid: int):
    answer = ask(site, token, uid)
    assert (answer.status, json.loads(answer.body)) == (200, {"data": token})


@pytest.mark.row("TK-D10", "TK-05")
def test_the_status_that_is_in_no_standard_arrives_with_its_reason(site: Installation, token: str, uid: int):
    answer = ask(site, token[:-2], uid)
    assert answer.head.splitlines()[0] == "HTTP/1.1 498 Invalid Token"
    assert answer.header("Content-Type") == "application/json"
    assert answer.body == b'{"error":"Invalid Token"}'


@pytest.mark.row("TK-08", "TK-14")
def test_other_refusals_arrive_as_they_are_said(site: Installation, token: str, uid: int):
    answer = ask(site, token, uid + 1)
    assert (answer.status, answer.body) == (400, b'{"error":"User not permission"}')
    answer = raw(site, f"POST {site.mount}/tokenauth/auth HTTP/1.1", "Content-Length: 0")
    assert (answer.status, answer.body) == (401, b'{"error":"Unauthorized"}')
