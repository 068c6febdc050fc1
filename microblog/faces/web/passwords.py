"""A new password for somebody who knows the old one."""

from ...core import credentials
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from .. import callers
from . import pages


def edit(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    return pages.render(request, "passwords/edit.html", status=status, form=form or Form())


def update(request: Request) -> Response:
    old, new, repeated = (request.fields.get(name, "") for name in ("old_password", "password", "password2"))
    try:
        credentials.change_password(request.db, request.user.id, old, new, repeated=repeated, but=request.visit.secret or "")
    except Invalid as refusal:
        if old and "old_password" in refusal.errors:
            callers.note_alone(request, "confirmation_failed")
        return edit(request, form=Form({}, refusal.errors), status=422)
    request.visit.flash(request.say(Message("Your password has been changed. You are logged out everywhere else.")))
    return redirect(request.url_for("web.users.edit"))
