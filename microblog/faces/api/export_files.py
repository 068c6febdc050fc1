"""What has come of an export."""

from ...core import tasks
from ...framework.request import Request
from ...framework.response import Response


def show(request: Request, task_id: str) -> Response:
    """The file with all posts, for a day: `{"posts": [{"body", "timestamp"}, …]}`, the oldest first."""
    return Response(tasks.result(request.db, request.user.id, task_id), mimetype="application/json")
