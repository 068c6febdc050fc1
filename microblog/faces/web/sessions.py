"""Logging in and out, and where one is logged in."""

from ...core import sessions
from ...core.refusals import NotFound
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from ...framework.text import return_path
from .. import callers
from . import browsers, pages


@public
def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    if request.user:
        return redirect(request.url_for("web.home.index"), 302)
    wanted = return_path(request.query.get("next"), request.app.urls.mount)
    if wanted:
        request.visit.state["next"] = wanted  # it must outlive a detour to the registration
    return pages.render(request, "sessions/new.html", status=status, form=form or Form(), next=wanted)


@public
def create(request: Request) -> Response:
    home = request.url_for("web.home.index")
    if request.user:
        return redirect(home)
    form = Form({name: request.fields.get(name, "") for name in ("username", "remember_me")})
    wanted = return_path(request.query.get("next") or request.visit.state.get("next"), request.app.urls.mount)
    try:
        user_id = callers.log_in(request, form["username"], request.fields.get("password", ""))
    except NotFound as refusal:
        request.visit.flash(request.say(refusal.message), "error")
        return new(request, form=form, status=422)
    request.visit.state.pop("next", None)
    remember = bool(form["remember_me"])
    sessions.start(
        request.db,
        user_id,
        request.visit.begin(remember=remember),
        remember=remember,
        address=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", ""),
    )
    return redirect(wanted or home)


def index(request: Request) -> Response:
    """Where one is logged in."""
    mine = sessions.of(request.db, request.user.id, request.visit.secret or "")
    shown = [(session, *browsers.names(session.user_agent)) for session in mine]
    return pages.render(request, "sessions/index.html", sessions=shown)


def delete(request: Request, mark: str = "this") -> Response:
    """Log out: here (`this`), everywhere else (`others`), or where the page of sessions says by a mark."""
    if mark == "this":
        sessions.end(request.db, request.visit.secret or "")
        request.visit.end()
        return redirect(request.url_for("web.home.index"))
    if mark == "others":
        sessions.end_others(request.db, request.user.id, request.visit.secret or "")
        request.visit.flash(request.say(Message("You are logged out everywhere else.")))
    else:
        sessions.end_marked(request.db, request.user.id, mark)
        request.visit.flash(request.say(Message("You are logged out there.")))
    return redirect(request.url_for("web.sessions.index"))
