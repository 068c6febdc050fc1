"""How the ballot says no: in the sentences of the source, and in their tone where the source has none."""

from ...core.refusals import Conflict, Forbidden, Invalid, NotFound, Taken
from ...framework.request import Request
from ...framework.response import Response
from ..verdicts import judge

MISSHAPEN = "올바른 요청 형식이 아닙니다"
MISMATCH = "이메일 혹은 비밀번호가 일치하지 않습니다"
NO_TOKEN = "token 쿼리가 존재하지 않습니다"
BAD_TOKEN = "유효하지 않은 토큰입니다"
NO_ID = "id 파라미터가 존재하지 않습니다"
BAD_ID = "id 파라미터가 올바르지 않습니다"
NO_CANDIDATE = "해당 id를 가진 후보자가 존재하지 않습니다"
NOBODY_NEW = "현재 회원가입을 받지 않습니다"

# What the words of core mean here.
OF_CORE = {
    Taken: (403, "해당 유저에 대한 이메일이 이미 존재합니다"),
    Invalid: (400, MISSHAPEN),
    NotFound: (404, NO_CANDIDATE),
    Forbidden: (403, "투표가 종료되었습니다"),
    Conflict: (409, "이미 투표하셨습니다"),
}

SENTENCES = {
    404: "요청한 주소를 찾을 수 없습니다",
    405: "허용되지 않는 요청 방식입니다",
    409: "다른 요청과 충돌했습니다. 다시 시도해 주세요",
    413: "요청 본문이 너무 큽니다",
    421: "이 서버가 담당하는 주소가 아닙니다",
    429: "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요",
    500: "서버에 오류가 발생했습니다",
    503: "지금은 응답할 수 없습니다. 잠시 후 다시 시도해 주세요",
}


class Refused(Exception):
    """Something that the protocol has a status and a sentence for."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that ran into something."""
    if isinstance(error, Refused):
        challenge = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        return Response(error.sentence, error.status, headers=challenge)
    if said := OF_CORE.get(type(error)):
        return Response(said[1], said[0])
    verdict = judge(request, error)
    return Response(SENTENCES.get(verdict.status, MISSHAPEN), verdict.status, headers=verdict.headers)
