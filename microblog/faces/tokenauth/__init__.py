"""The tokenauth face: the token handler of the source documents, a JWT that is renewed while it is used."""

from ...framework.response import NOT_KEPT
from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .routes import PATHS

face = Face(
    name="tokenauth",
    prefix="/tokenauth",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="login",
    cache=NOT_KEPT,
    is_open=True,
)
