"""What lets programs in as oneself: all of it seen, a token made, each revoked alone or all together."""

from datetime import timedelta

from ...core import access_tokens
from ...core.access_tokens import Access
from ...core.refusals import Conflict, Invalid, NotFound
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import integer
from .. import access_tokens as shared
from . import pages

LIVES = (7, 30, 90, 365)  # days that one may choose from
USUAL = "30"


def index(request: Request, *, form: Form | None = None, made: Access | None = None, status: int = 200) -> Response:
    """All that programs hold; and the token that has been made just now, which no other page shows."""
    return pages.render(
        request,
        "access_tokens/index.html",
        status=status,
        form=form or Form({"lives": USUAL}),
        made=made,
        lives=LIVES,
        tokens=access_tokens.of(request.db, request.user.id),
    )


def create(request: Request) -> Response:
    """A token with a name of its own, shown by this very answer. Sent again, the form finds that name taken and makes none."""
    form = Form({name: request.fields.get(name, "") for name in ("label", "lives")})
    try:
        made = _made(request, form)
    except Invalid as refusal:
        return index(request, form=Form(form.values, refusal.errors), status=422)
    except Conflict as refusal:
        return index(request, form=Form(form.values, {"label": refusal.message}), status=422)
    return index(request, made=made)


def _made(request: Request, form: Form) -> Access:
    days = integer(form["lives"])
    lives = timedelta(days=days if days in LIVES else int(USUAL))
    with request.db.begin_nested():  # one too many must not stay
        newest = shared.keys(request.app.config)[0]
        return access_tokens.create(request.db, newest, request.user.id, label=form["label"], lives=lives)


def delete(request: Request, token_id: int | None = None) -> Response:
    """Revoke a token, or all of them; one that is over already is no error."""
    if token_id is None:
        access_tokens.revoke_all(request.db, request.user.id)
        request.visit.flash(request.say(Message("All programs are logged out.")))
    else:
        try:
            access_tokens.revoke(request.db, request.user.id, token_id)
        except NotFound as refusal:
            request.visit.flash(request.say(refusal.message), "error")
        else:
            request.visit.flash(request.say(Message("The program is logged out.")))
    return redirect(request.url_for("web.access_tokens.index"))
