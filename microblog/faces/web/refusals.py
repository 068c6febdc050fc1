"""How the web says no: a page in the site's own clothes, or the form again with what was typed."""

from inspect import signature

from msgspec import json

from ...framework.csrf import FormRefused
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ..verdicts import SENTENCES, judge
from . import pages
from .door import ConfirmationRequired, LoginRequired

TITLES = {
    400: Message("That did not arrive well"),
    403: Message("Not allowed"),
    404: Message("File Not Found"),
    405: Message("Not like that"),
    409: Message("Something else came first"),
    413: Message("Too large"),
    415: Message("Unknown kind of content"),
    421: Message("Wrong host"),
    422: Message("Please look again"),
    429: Message("Slow down a little"),
    500: Message("An unexpected error has occurred"),
    503: Message("Just a moment"),
}

FORM_REFUSED = Message("This form was too old or did not come from this site, so nothing was changed. Please send it again.")


def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that ran into something."""
    if isinstance(error, LoginRequired):
        return _say_json(401) if wants_json(request) else _to_login(request)
    if isinstance(error, ConfirmationRequired):
        return _say_json(403) if wants_json(request) else _to_confirmation(request)
    if isinstance(error, FormRefused):
        return _form_again(request)
    verdict = judge(request, error)
    if wants_json(request):
        response = _say_json(verdict.status)
    else:
        response = pages.render(
            request,
            "errors/refused.html",
            status=verdict.status,
            title=TITLES.get(verdict.status, TITLES[400]),
            message=verdict.message,
            request_id=request.id,
            typed=_typed(request) if verdict.status == 503 else "",
        )
    response.headers.extend(verdict.headers)
    return response


def _typed(request: Request) -> str:
    """The longest thing a person has typed into a form that could not be taken, so that it is not lost; never a password."""
    if request.is_safe:
        return ""
    try:
        typed = [value for name, value in request.fields.items() if name in ("post", "message", "about_me")]
    except Exception:  # a body that cannot be read has nothing to give back
        return ""
    return max(typed, key=len, default="")


def wants_json(request: Request) -> bool:
    """Whether a program asks: one that prefers JSON strictly over HTML, or names JSON alone."""
    accepted = request.accept_mimetypes
    if not accepted or "application/json" not in [kind for kind, _ in accepted]:
        return False
    return accepted["application/json"] > accepted["text/html"]


def _to_login(request: Request) -> Response:
    request.visit.flash(request.say(Message("Please log in to access this page.")))
    wanted = request.here if request.is_safe else None
    return redirect(request.url_for("web.sessions.new", next=wanted), 302 if request.is_safe else 303)


def _to_confirmation(request: Request) -> Response:
    return redirect(request.url_for("web.confirmations.new", next=request.here), 302 if request.is_safe else 303)


def _form_again(request: Request) -> Response:
    """The page of the form with what was typed, where there is one; else a page that says what happened."""
    route = request.route
    show = route.path.handlers.get("GET") if route else None
    request.visit.flash(request.say(FORM_REFUSED), "error")
    if show is None or "form" not in signature(show).parameters:
        return pages.render(
            request, "errors/refused.html", status=400, title=TITLES[400], message=SENTENCES[400], request_id=request.id, typed=""
        )
    typed = {name: value for name, value in request.fields.items() if "password" not in name}
    try:
        return show(request, **request.arguments, form=Form(typed), status=400)
    except Exception as error:  # the page cannot be drawn either: say why, as for any other page
        return refuse(request, error)


def _say_json(status: int) -> Response:
    return Response(json.encode({"error": _reason(status)}), status, mimetype="application/json")


def _reason(status: int) -> str:
    return Response(status=status).status.partition(" ")[2]
