"""The caller's posts as a file: asked for, watched, fetched."""

from typing import Any

from ...core import tasks
from ...framework.languages import Message
from ...framework.request import Request
from . import collections, shapes
from .collections import Collection, paged_by
from .typed import Created

EXPORTING = Message("Exporting posts...")  # stored as it is here, and translated when it is shown


@paged_by()
def index(request: Request) -> Collection[shapes.Task]:
    """The caller's exports, the newest first."""
    return collections.whole(request, [_shaped(request, row) for row in tasks.of(request.db, request.user.id)])


def show(request: Request, task_id: str) -> shapes.Task:
    """How far an export is."""
    return _shaped(request, tasks.one(request.db, request.user.id, task_id))


def create(request: Request) -> Created[shapes.Task]:
    """Have all one's posts gathered into a file, which is also sent by mail. While one is being made another is a 409."""
    task_id = tasks.start(request.db, request.user.id, "jobs.exports.create", EXPORTING.text)
    task = show(request, task_id)
    return Created(task, task.links.self_)


def _shaped(request: Request, row: Any) -> shapes.Task:
    link = request.url_for
    return shapes.Task(
        id=row.id,
        description=request.say(row.description),
        progress=row.progress,
        is_complete=row.complete,
        has_failed=row.failed,
        created_at=row.created_at,
        finished_at=row.finished_at,
        links=shapes.TaskLinks(
            self_=link("api.exports.show", task_id=row.id),
            file=link("api.export_files.show", task_id=row.id) if row.has_result else None,
        ),
    )
