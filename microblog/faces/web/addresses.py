"""A new e-mail address, confirmed by whoever reads there."""

from ...core import credentials, tokens
from ...core.refusals import Invalid, NotFound
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from . import pages


def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    email = credentials.addressee(request.db, request.user.id).email
    return pages.render(request, "addresses/new.html", status=status, form=form or Form(), email=email)


def create(request: Request) -> Response:
    """Nothing changes yet: a letter goes to the new address, and who reads there confirms it."""
    form = Form({"email": request.fields.get("email", "")})
    try:
        credentials.propose_email(request.db, request.user.id, form["email"], language=request.language.code)
    except Invalid as refusal:
        return new(request, form=Form(form.values, refusal.errors), status=422)
    request.visit.flash(request.say(Message("Please look into your mail: a letter there asks you to confirm the new address.")))
    return redirect(request.url_for("web.addresses.new"))


@public
def edit(request: Request, token: str) -> Response:
    """Only a press of the button makes the address theirs; looking does not."""
    address = tokens.look(request.db, token, "email")
    return pages.render(request, "addresses/edit.html", token=token, email=address.details["email"])


@public
def update(request: Request, token: str) -> Response:
    try:
        with request.db.begin_nested():
            address = tokens.redeem(request.db, token, "email")
            credentials.set_email(request.db, address.user_id, address.details["email"])
    except Invalid as refusal:
        request.visit.flash(request.say(refusal.errors["email"]), "error")
    except NotFound as refusal:
        request.visit.flash(request.say(refusal.message), "error")
    else:
        request.visit.flash(request.say(Message("Your e-mail address has been changed.")))
    return redirect(request.url_for("web.home.index"))
