"""The lab face: the WSGI exercises of the source documents, each under its number. It knows nobody and takes no cookies."""

from ...framework.response import NOT_KEPT
from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .routes import PATHS

face = Face(
    name="lab",
    prefix="/lab",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="count",
    cache=NOT_KEPT,
    is_open=True,
)
