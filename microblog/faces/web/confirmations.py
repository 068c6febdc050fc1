"""Confirmations: one's password once more, before one does what a stranger at an open screen must not."""

from ...core import credentials
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import return_path
from .. import callers
from . import pages


def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    wanted = return_path(request.query.get("next"), request.app.urls.mount)
    return pages.render(request, "confirmations/new.html", status=status, form=form or Form(), next=wanted)


def create(request: Request) -> Response:
    """On to what wanted the password. A wrong one is written down."""
    try:
        credentials.confirm(request.db, request.user.id, request.visit.secret or "", request.fields.get("password", ""))
    except Invalid as refusal:
        callers.note_alone(request, "confirmation_failed")
        return new(request, form=Form({}, refusal.errors), status=422)
    wanted = return_path(request.query.get("next"), request.app.urls.mount)
    return redirect(wanted or request.url_for("web.users.edit"))
