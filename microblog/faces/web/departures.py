"""Leaving for good, with everything one has said."""

from ...core import credentials, users
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages


def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    return pages.render(request, "departures/new.html", status=status, form=form or Form())


def create(request: Request) -> Response:
    try:
        credentials.prove(request.db, request.user.id, request.fields.get("password", ""))
    except Invalid as refusal:
        return new(request, form=Form({}, refusal.errors), status=422)
    users.erase(request.db, request.user.id)
    request.visit.end()
    request.visit.flash(request.say(Message("Your account is gone, and all that was in it. Farewell!")))
    return redirect(request.url_for("web.sessions.new"))
