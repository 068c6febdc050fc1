"""The web face: people with a browser, HTML, forms and cookies."""

from ...framework.response import NOT_KEPT
from ...framework.routing import Face
from .door import guard, identify
from .refusals import refuse
from .routes import PATHS

face = Face(
    name="web",
    prefix="",
    paths=PATHS,
    identify=identify,
    guard=guard,
    refuse=refuse,
    body=65_536,
    limit="write",
    cache=NOT_KEPT,
)
