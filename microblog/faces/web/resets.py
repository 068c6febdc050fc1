"""A new password for somebody who has forgotten theirs."""

from ...core import credentials, queue, tokens
from ...core.checks import Checks
from ...core.refusals import Invalid, NotFound
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from . import pages


@public
def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    if request.user:
        return redirect(request.url_for("web.home.index"), 302)
    return pages.render(request, "resets/new.html", status=status, form=form or Form())


@public
def create(request: Request) -> Response:
    """Whether anybody has that address is found out later and elsewhere: neither the answer nor its time tells."""
    form = Form({"email": request.fields.get("email", "")})
    try:
        with Checks() as check:
            email = check.email("email", form["email"])
    except Invalid as refusal:
        return new(request, form=Form(form.values, refusal.errors), status=422)
    queue.enqueue(request.db, "jobs.resets.send", email=email, language=request.language.code)
    request.visit.flash(request.say(Message("Check your email for the instructions to reset your password")))
    return redirect(request.url_for("web.sessions.new"))


@public
def edit(request: Request, token: str, *, form: Form | None = None, status: int = 200) -> Response:
    """Looking uses nothing up: mail programs follow links, too."""
    if request.user:
        return redirect(request.url_for("web.home.index"), 302)
    try:
        tokens.look(request.db, token, "reset")
    except NotFound:
        return redirect(request.url_for("web.home.index"), 302)
    return pages.render(request, "resets/edit.html", status=status, form=form or Form(), token=token)


@public
def update(request: Request, token: str) -> Response:
    password, repeated = (request.fields.get(name, "") for name in ("password", "password2"))
    try:
        with request.db.begin_nested():  # a password that does not fit must not use the token up
            holder = tokens.redeem(request.db, token, "reset")
            credentials.set_password(request.db, holder.user_id, password, repeated=repeated)
    except NotFound:
        return redirect(request.url_for("web.home.index"))
    except Invalid as refusal:
        return edit(request, token, form=Form({}, refusal.errors), status=422)
    request.visit.flash(request.say(Message("Your password has been reset.")))
    return redirect(request.url_for("web.sessions.new"))
