"""Exercise 10: a calculator in the address, and as a form."""

import re

import pytest

SENTENCE = "인수1, 연산자, 인수2의 JSON 값은 다음과 같습니다 : {} <br> 최종 연산 결과 값은 다음과 같습니다: {}"


@pytest.mark.row("LB-10", "LB-D6")
@pytest.mark.parametrize(
    ("path", "told", "result"),
    [
        ("12/*/5", '{"num1": 12, "op": "*", "num2": 5}', 60),
        ("12/+/5", '{"num1": 12, "op": "+", "num2": 5}', 17),
        ("12/%2B/5", '{"num1": 12, "op": "+", "num2": 5}', 17),
        ("12/-/5", '{"num1": 12, "op": "-", "num2": 5}', 7),
        ("-3/*/-5", '{"num1": -3, "op": "*", "num2": -5}', 15),
    ],
)
def test_the_address_is_worked_out(curl, path, told, result):
    answer = curl.get(f"/10/{path}")
    assert (answer.status_code, answer.text) == (200, SENTENCE.format(told, result))


@pytest.mark.row("LB-11")
@pytest.mark.parametrize("path", ["12/**/5", "12/x/5", "12/++/5"])
def test_another_operator_is_refused_in_json(curl, path):
    answer = curl.get(f"/10/{path}")
    assert (answer.status_code, answer.content_type) == (400, "application/json; charset=utf-8")
    assert answer.json == {"error": "잘못된 연산자 또는 인수입니다."}


@pytest.mark.row("LB-11")
@pytest.mark.parametrize("path", ["a/*/5", "1.5/*/5", "1/*/", "%D9%A3/+/1", "9" * 30 + "/+/1"])
def test_what_is_no_number_has_no_page(curl, path):
    assert curl.get(f"/10/{path}").status_code == 404


@pytest.mark.row("LB-12", "LB-D4", "XC-02")
def test_the_form_leads_below_the_mount(curl):
    page = curl.get("/10/").text
    assert 'action="/microblog/lab/10/post"' in page
    for name in ("input1", "operator", "input2"):
        assert f'name="{name}"' in page
    assert "제출" in page
    assert re.search(r'<script type="module" src="/microblog/static/[0-9a-f]+/js/calculator.js"', page)
    assert curl.get("/10").headers["Location"] == "/microblog/lab/10/"


@pytest.mark.row("LB-13")
def test_the_form_is_worked_out(curl):
    answer = curl.post("/10/post", data={"input1": "-12", "operator": "*", "input2": "5"})
    assert answer.text == SENTENCE.format('{"arg1": -12, "operator": "*", "arg2": 5}', -60)


@pytest.mark.row("LB-14", "LB-D7")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"input1": "", "operator": "+", "input2": "5"}, "POST 방식에서 JSON에 필요한 데이터 누락입니다"),
        ({"input1": "x", "operator": "+", "input2": "5"}, "POST 방식에서 JSON에 필요한 데이터 누락입니다"),
        ({"operator": "+", "input2": "5"}, "POST 방식에서 JSON에 필요한 데이터 누락입니다"),
        ({}, "POST 방식에서 JSON에 필요한 데이터 누락입니다"),
        ({"input1": "1", "operator": "/", "input2": "5"}, "연산자 또는 인수를 올바르게 넣어주세요."),
    ],
)
def test_what_does_not_fit_is_refused_in_json(curl, fields, reason):
    answer = curl.post("/10/post", data=fields)
    assert (answer.status_code, answer.content_type, answer.json) == (400, "application/json; charset=utf-8", {"error": reason})
