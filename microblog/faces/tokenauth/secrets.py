"""What only the bearer of a good token sees: the token to go on with."""

from ...framework.request import Request
from ...framework.response import Response
from .answers import as_json
from .door import authenticated


@authenticated
def show(next_token: str, request: Request) -> Response:
    return as_json({"data": next_token})
