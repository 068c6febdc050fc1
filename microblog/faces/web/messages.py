"""Messages: what one has received, and writing to somebody."""

from ...core import messages
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from . import pages
from .posts import LONGEST_NONCE


def index(request: Request) -> Response:
    """What a person has received, read from now on. It is marked first: what comes in between still counts as new."""
    seen = messages.mark_all_read(request.db, request.user.id)
    page = messages.received.page(request.db, request.cursor, request.app.config.posts_per_page, user_id=request.user.id)
    new = seen.new_among(page.items) if page.newer is None else set()
    return pages.render(request, "messages/index.html", page=page, new=new, seen=seen)


def new(request: Request, username: str, *, form: Form | None = None, status: int = 200) -> Response:
    person = messages.partner(request.db, request.user.id, username)
    return pages.render(request, "messages/new.html", status=status, person=person, form=form or Form())


def create(request: Request, username: str) -> Response:
    form = send(request, username)
    if form.errors:
        return new(request, username, form=form, status=422)
    request.visit.flash(request.say(Message("Your message has been sent.")))
    return redirect(request.url_for("web.users.show", username=username))


def send(request: Request, username: str) -> Form:
    """Send what the form says; gives it back, with what was wrong if it could not be sent."""
    form = Form({"message": request.fields.get("message", "")})
    nonce = request.fields.get("nonce", "")[:LONGEST_NONCE] or None
    longest = request.app.config.post_length
    try:
        messages.send(request.db, request.user.id, username, form["message"], longest=longest, nonce=nonce)
    except Invalid as refusal:
        form.errors = {"message": refusal.errors["body"]}
    return form
