"""What has come of an export."""

from typing import Annotated

from ...core import tasks
from ...framework.request import Request
from ...framework.response import Response
from . import shapes


def show(request: Request, task_id: str) -> Annotated[Response, shapes.Archive]:
    """The file with all posts of the caller, for a day."""
    return Response(tasks.result(request.db, request.user.id, task_id), mimetype="application/json")
