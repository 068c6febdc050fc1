"""Leaving for good, with everything one has said."""

from ...core import users
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages


def new(request: Request) -> Response:
    return pages.render(request, "departures/new.html")


def create(request: Request) -> Response:
    users.erase(request.db, request.user.id)
    request.visit.end()
    request.visit.flash(request.say(Message("Your account is gone, and all that was in it. Farewell!")))
    return redirect(request.url_for("web.sessions.new"))
