"""Exercise 10: a calculator in the address, and the same as a form. Numbers are those that Postgres calls bigint."""

import json
import operator as operators

from werkzeug.exceptions import NotFound

from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from ...framework.text import LARGEST_INTEGER, integer
from . import pages

LEAST, MOST = -LARGEST_INTEGER - 1, LARGEST_INTEGER
SENTENCE = "인수1, 연산자, 인수2의 JSON 값은 다음과 같습니다 : {told} <br> 최종 연산 결과 값은 다음과 같습니다: {result}"
OPERATORS = {"+": operators.add, "-": operators.sub, "*": operators.mul}


@public
def new(request: Request) -> Response:
    return pages.render(request, "calculations/new.html", least=LEAST, most=MOST)


@public
def show(request: Request, left: str, operator: str, right: str) -> Response:
    """The numbers are places in the address: where there are none, there is no page."""
    first, second = _number(left), _number(right)
    if first is None or second is None:
        raise NotFound
    if operator not in OPERATORS:
        return _refused("잘못된 연산자 또는 인수입니다.")
    return _result(first, operator, second, names=("num1", "op", "num2"))


@public
def create(request: Request) -> Response:
    fields = request.fields
    first, operator, second = _number(fields.get("input1")), fields.get("operator"), _number(fields.get("input2"))
    if first is None or operator is None or second is None:
        return _refused("POST 방식에서 JSON에 필요한 데이터 누락입니다")
    if operator not in OPERATORS:
        return _refused("연산자 또는 인수를 올바르게 넣어주세요.")
    return _result(first, operator, second, names=("arg1", "operator", "arg2"))


def _number(value: str | None) -> int | None:
    return integer(value, least=LEAST, most=MOST)


def _result(first: int, operator: str, second: int, *, names: tuple[str, str, str]) -> Response:
    """The sentence, in HTML for the sake of its <br>: numbers and a sign have nothing in them to escape."""
    told = json.dumps(dict(zip(names, (first, operator, second), strict=True)))
    return Response(SENTENCE.format(told=told, result=OPERATORS[operator](first, second)))


def _refused(reason: str) -> Response:
    told = json.dumps({"error": reason}, ensure_ascii=False, separators=(",", ":"))
    return Response(told, 400, content_type="application/json; charset=utf-8")
