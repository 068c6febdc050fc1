"""Exercise 10: a calculator in the address, and as a form."""

import re

import pytest

SENTENCE = "인수1, 연산자, 인수2의 JSON 값은 다음과 같습니다 : {} <br> 최종 연산 결과 값은 다음과 같습니다: {}"
LARGEST = 2**63 - 1
JSON = "application/json; charset=utf-8"
BAD_OPERATOR = '{"error":"잘못된 연산자 또는 인수입니다."}'
BAD_FIELD = '{"error":"POST 방식에서 JSON에 필요한 데이터 누락입니다"}'
BAD_OPERATOR_FIELD = '{"error":"연산자 또는 인수를 올바르게 넣어주세요."}'
FIELDS = {"input1": "12", "operator": "*", "input2": "5"}


# In the address


@pytest.mark.row("LB-10", "LB-D6")
@pytest.mark.parametrize(
    ("path", "told", "result"),
    [
        ("12/*/5", '{"num1": 12, "op": "*", "num2": 5}', 60),
        ("12/%2A/5", '{"num1": 12, "op": "*", "num2": 5}', 60),
        ("12/+/5", '{"num1": 12, "op": "+", "num2": 5}', 17),
        ("12/%2B/5", '{"num1": 12, "op": "+", "num2": 5}', 17),
        ("12/-/5", '{"num1": 12, "op": "-", "num2": 5}', 7),
        ("-3/*/-5", '{"num1": -3, "op": "*", "num2": -5}', 15),
        ("-3/-/5", '{"num1": -3, "op": "-", "num2": 5}', -8),
    ],
)
def test_the_address_is_worked_out(curl, path, told, result):
    answer = curl.get(f"/10/{path}")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.text == SENTENCE.format(told, result)


@pytest.mark.row("LB-11")
@pytest.mark.parametrize("operator", ["**", "x", "++", "%25", "%20", "+%20", "%C3%97", "=", "-1"])
def test_another_operator_is_refused_in_json(curl, operator):
    answer = curl.get(f"/10/12/{operator}/5")
    assert (answer.status_code, answer.text, answer.content_type) == (400, BAD_OPERATOR, JSON)


@pytest.mark.row("LB-11")
@pytest.mark.parametrize("number", ["a", "1.5", "+3", "--3", "1e3", "%D9%A3", "%201", "1_0", "-", "9" * 5_000, str(LARGEST + 1)])
def test_what_is_no_whole_number_in_range_has_no_page(curl, number):
    for path in (f"{number}/*/5", f"5/*/{number}", f"{number}/x/5"):
        answer = curl.get(f"/10/{path}")
        assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")


def test_the_largest_numbers_are_multiplied_exactly(curl):
    assert curl.get(f"/10/{LARGEST}/*/{-LARGEST - 1}").text.endswith(f": {LARGEST * (-LARGEST - 1)}")


# As a form


@pytest.mark.row("LB-12", "LB-D4", "XC-02")
def test_the_form_leads_below_the_mount(curl):
    page = curl.get("/10/").text
    form = re.search(r'<form[^>]* method="post" action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form
    assert form[1] == "/microblog/lab/10/post"
    fields = re.findall(r'<input type="(\w+)" id="\w+" name="(\w+)"', form[2])
    assert fields == [("number", "input1"), ("text", "operator"), ("number", "input2")]
    assert re.search(r'<button type="submit"[^>]*>제출</button>', form[2])
    assert "-9223372036854775808 to 9223372036854775807" in form[2]
    assert re.search(r'<script type="module" src="/microblog/static/[0-9a-f]+/js/calculator.js"', page)
    assert curl.get("/10").headers["Location"] == "/microblog/lab/10/"


@pytest.mark.row("LB-13")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(
    ("left", "operator", "right", "result"), [("-12", "*", "5", -60), ("-3", "+", "-5", -8), ("12", "-", "5", 7)]
)
def test_the_form_is_worked_out(curl, kind, left, operator, right, result):
    answer = curl.post("/10/post", data={"input1": left, "operator": operator, "input2": right}, content_type=kind)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.text == SENTENCE.format(f'{{"arg1": {left}, "operator": "{operator}", "arg2": {right}}}', result)


@pytest.mark.row("LB-14", "LB-D7")
@pytest.mark.parametrize("number", ["", " ", "x", "1.5", "٣", "<b>", "9" * 20])
@pytest.mark.parametrize("name", ["input1", "input2"])
def test_a_number_that_is_none_is_refused_in_json(curl, name, number):
    answer = curl.post("/10/post", data=FIELDS | {name: number})
    assert (answer.status_code, answer.text, answer.content_type) == (400, BAD_FIELD, JSON)


@pytest.mark.row("LB-14", "LB-D7")
@pytest.mark.parametrize("left_out", [{"input1"}, {"operator"}, {"input2"}, {"input1", "operator", "input2"}])
def test_a_field_that_is_missing_is_refused_in_json(curl, left_out):
    answer = curl.post("/10/post", data={name: value for name, value in FIELDS.items() if name not in left_out})
    assert (answer.status_code, answer.text, answer.content_type) == (400, BAD_FIELD, JSON)


@pytest.mark.row("LB-14", "LB-D7")
@pytest.mark.parametrize("operator", ["", "/", "**", "x", "<b>"])
def test_another_operator_in_a_form_is_refused_in_json(curl, operator):
    answer = curl.post("/10/post", data=FIELDS | {"operator": operator})
    assert (answer.status_code, answer.text, answer.content_type) == (400, BAD_OPERATOR_FIELD, JSON)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"input1=%FF", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"x", "multipart/form-data", 400),
        (b"input1=" + b"1" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_is_refused_clearly(curl, body, kind, status):
    answer = curl.post("/10/post", data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.text


def test_the_form_cannot_be_fetched(curl):
    answer = curl.get("/10/post")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
