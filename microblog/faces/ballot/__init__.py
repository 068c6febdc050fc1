"""The ballot face: the voting API of the source documents, its texts and its JWT."""

from ...framework.response import NOT_KEPT
from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .routes import PATHS

face = Face(
    name="ballot",
    prefix="/ballot",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="vote",
    cache=NOT_KEPT,
    is_open=True,
)
