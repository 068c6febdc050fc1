"""Posts: publish one, look at one, delete one's own."""

from ...core import posts
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import home, pages

LONGEST_NONCE = 64


def show(request: Request, post_id: int) -> Response:
    return pages.render(request, "posts/show.html", post=posts.one(request.db, post_id))


def create(request: Request) -> Response:
    form = Form({"post": request.fields.get("post", "")})
    nonce = request.fields.get("nonce", "")[:LONGEST_NONCE] or None
    try:
        posts.publish(request.db, request.user.id, form["post"], longest=request.app.config.post_length, nonce=nonce)
    except Invalid as refusal:
        return home.index(request, form=Form(form.values, {"post": refusal.errors["body"]}), status=422)
    request.visit.flash(request.say(Message("Your post is now live!")))
    return redirect(request.url_for("web.home.index"))


def delete(request: Request, post_id: int) -> Response:
    posts.withdraw(request.db, request.user.id, post_id)
    request.visit.flash(request.say(Message("Your post has been deleted.")))
    return pages.back_or(request, request.url_for("web.users.show", username=request.user.username))
