"""Posts: publish one, look at one, say one's own otherwise, delete it."""

from datetime import timedelta
from typing import Any

from ...core import polls, posts
from ...core.polls import NewPoll
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import integer
from . import door, home, pages

LONGEST_NONCE = 64
ASKING = ("choice", "lasts", "takes_several")  # how the fields begin with which a post asks something
LONGEST = 10**9  # seconds that a number may mean; core says how many a poll may last


def identify(request: Request) -> Any:
    """Who looks at a post; it comes with them."""
    return door.identify_before(request, posts.WITH_READER, post_id=request.arguments["post_id"])


def show(request: Request, post_id: int) -> Response:
    post = request.found
    if post is None:
        raise posts.not_found()
    asked = polls.of_posts(request.db, [post], request.user.id)
    return pages.framed(request, "posts/show.html", [post], asked, username=post.username)


def create(request: Request) -> Response:
    asking = {name: text for name, text in request.fields.items() if name.startswith(ASKING)}
    form = Form({"lasts": home.USUAL} | asking | {"post": request.fields.get("post", "")})
    nonce = request.fields.get("nonce", "")[:LONGEST_NONCE] or None
    longest = request.app.config.post_length
    try:
        posts.publish(request.db, request.user.id, form["post"], longest=longest, nonce=nonce, poll=_asked(form))
    except Invalid as refusal:
        return home.index(request, form=Form(form.values, _by_field(refusal)), status=422)
    request.visit.flash(request.say(Message("Your post is now live!")))
    return redirect(request.url_for("web.home.index"))


def edit(request: Request, post_id: int, *, form: Form | None = None, status: int = 200) -> Response:
    post = posts.one(request.db, post_id)
    posts.check_own(request.db, request.user.id, post_id)
    return pages.render(request, "posts/edit.html", status=status, post=post, form=form or Form({"post": post.body}))


def update(request: Request, post_id: int) -> Response:
    form = Form({"post": request.fields.get("post", "")})
    try:
        posts.edit(request.db, request.user.id, post_id, form["post"], longest=request.app.config.post_length)
    except Invalid as refusal:
        return edit(request, post_id, form=Form(form.values, _by_field(refusal)), status=422)
    request.visit.flash(request.say(Message("Your post has been changed.")))
    return redirect(request.url_for("web.posts.show", post_id=post_id))


def delete(request: Request, post_id: int) -> Response:
    posts.withdraw(request.db, request.user.id, post_id)
    request.visit.flash(request.say(Message("Your post has been deleted.")))
    return pages.back_or(request, request.url_for("web.users.show", username=request.user.username))


def _asked(form: Form) -> NewPoll | None:
    """What the form asks besides; nothing where no choice is filled in."""
    choices = [text for name, text in form.values.items() if name.startswith("choice") and text.strip()]
    if not choices:
        return None
    lasts = timedelta(seconds=integer(form["lasts"], most=LONGEST) or 0)
    return NewPoll(choices, lasts, takes_several=bool(form["takes_several"]))


def _by_field(refusal: Invalid) -> dict[str, Message]:
    """What was wrong, by the names that the fields have here."""
    return {"post" if name == "body" else name: message for name, message in refusal.errors.items()}
