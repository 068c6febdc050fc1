"""A person's posts as a file: asked for, watched, fetched."""

from ...core import tasks
from ...core.refusals import Conflict
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect

EXPORTING = Message("Exporting posts...")  # stored as it is here, and translated when it is shown


def create(request: Request) -> Response:
    try:
        tasks.start(request.db, request.user.id, "jobs.exports.create", EXPORTING.text)
    except Conflict as refusal:
        request.visit.flash(request.say(refusal.message))
    return redirect(request.url_for("web.users.show", username=request.user.username))


def show(request: Request, task_id: str) -> Response:
    """The file itself, for whoever asked for it, for a day."""
    document = tasks.result(request.db, request.user.id, task_id)
    return Response(document, mimetype="application/json", headers={"Content-Disposition": 'attachment; filename="posts.json"'})
