"""A new e-mail address, confirmed by whoever reads there."""

from ...core import credentials, tokens
from ...core.refusals import Invalid, NotFound
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from . import pages


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
