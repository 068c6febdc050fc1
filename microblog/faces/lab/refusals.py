"""How the laboratory says no: in a line of text."""

from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.text import BadInput
from ..verdicts import judge


def refuse(request: Request, error: Exception) -> Response:
    """The verdict as text. What cannot be read is told exactly, for whoever experiments wants to know."""
    verdict = judge(request, error)
    sentence = str(error) if isinstance(error, BadInput) else request.say(verdict.message)
    if verdict.status == 500:
        sentence += f" [{request.id}]"
    return plain(sentence, verdict.status, **verdict.headers)
