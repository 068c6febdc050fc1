"""Whether the process lives, and whether it can work."""

from sqlalchemy import text

from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.routing import public


@public
def live(request: Request) -> Response:
    """Touches nothing: a failure here means the process should be started anew."""
    return plain("alive\n")


@public
def ready(request: Request) -> Response:
    """Whether the database answers and has the schema this code was written for: a failure means waiting, not a new start.

    A later one will do, for migrations only add: in the middle of an upgrade the old code serves with it.
    """
    version = request.db.scalar(text("SELECT version_num FROM alembic_version"))
    expected = request.app.schema_version
    if not version or version < expected:  # they are numbered in their order
        return plain(f"The schema is at {version}, this code needs {expected}: python -m microblog db upgrade\n", 503)
    return plain("ready\n")
