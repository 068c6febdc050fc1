"""Following and unfollowing."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from ...core import follows
from ...core.refusals import Conflict, NotFound
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages


def create(request: Request, username: str) -> Response:
    return _change(request, username, follows.follow, lambda name: Message("You are following %(username)s!", username=name))


def delete(request: Request, username: str) -> Response:
    return _change(
        request, username, follows.unfollow, lambda name: Message("You are not following %(username)s.", username=name)
    )


def _change(
    request: Request, username: str, verb: Callable[[Session, int, str], str], done: Callable[[str], Message]
) -> Response:
    try:
        name = verb(request.db, request.user.id, username)
    except NotFound as refusal:
        request.visit.flash(request.say(refusal.message), "error")
        return redirect(request.url_for("web.home.index"))
    except Conflict as refusal:
        request.visit.flash(request.say(refusal.message), "error")
        return redirect(request.url_for("web.users.show", username=request.user.username))
    request.visit.flash(request.say(done(name)))
    return pages.back_or(request, request.url_for("web.users.show", username=name))
