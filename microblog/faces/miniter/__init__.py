"""The miniter face: the mini-Twitter of the source documents, JSON and bare tokens."""

from ...framework.response import NOT_KEPT
from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .routes import PATHS

face = Face(
    name="miniter",
    prefix="/miniter",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="write",
    cache=NOT_KEPT,
    is_open=True,
)
