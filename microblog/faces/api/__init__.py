"""The api face: programs, JSON, and tokens instead of cookies."""

from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .repeats import call
from .routes import PATHS

face = Face(
    name="api",
    prefix="/api",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="write",
    cache="private, no-cache",
    call=call,
    is_open=True,
)
