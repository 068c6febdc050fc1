"""People: a profile with its posts, joining, and what one says of oneself."""

from werkzeug.exceptions import Forbidden

from ...core import polls, timelines, users
from ...core.refusals import Invalid
from ...framework.forms import Form
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from ...gateways import pictures
from . import pages

CONGRATULATIONS = Message("Congratulations, you are now a registered user!")


def show(request: Request, username: str) -> Response:
    person = users.profile(request.db, username, reader_id=request.user.id)
    page = timelines.one_author.page(request.db, request.cursor, request.app.config.posts_per_page, author_id=person.id)
    asked = polls.of_posts(request.db, page.items, request.user.id)
    return pages.render(request, "users/show.html", person=person, page=page, polls=asked)


@public
def new(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    if request.user:
        return redirect(request.url_for("web.home.index"), 302)
    return pages.render(request, "users/new.html", status=status, form=form or Form())


@public
def create(request: Request) -> Response:
    if request.user:
        return redirect(request.url_for("web.home.index"))
    if not request.app.config.registration_open:
        raise Forbidden
    form = Form({name: request.fields.get(name, "") for name in ("username", "email")})
    password, repeated = (request.fields.get(name, "") for name in ("password", "password2"))
    try:
        users.register(request.db, username=form["username"], email=form["email"], password=password, repeated=repeated)
    except Invalid as refusal:
        return new(request, form=Form(form.values, refusal.errors), status=422)
    request.visit.flash(request.say(CONGRATULATIONS))
    return redirect(request.url_for("web.sessions.new"))


def edit(request: Request, *, form: Form | None = None, picture_error: Message | None = None, status: int = 200) -> Response:
    """The form as it was typed, or with what is stored; beside it one's picture, which has a form of its own."""
    person = users.profile(request.db, request.user.username, reader_id=request.user.id)
    stored = {name: getattr(person, name) for name in ("username", "display_name", "about_me")}
    stored["language"] = request.user.language
    form = Form(stored | form.values, form.errors) if form else Form(stored)
    return pages.render(
        request,
        "users/edit.html",
        status=status,
        form=form,
        person=person,
        picture_error=picture_error,
        languages=request.app.languages.known.values(),
        most=users.LONGEST_ABOUT_ME,
        largest_picture=pictures.LARGEST_FILE,
    )


def update(request: Request) -> Response:
    form = Form({name: request.fields.get(name, "") for name in ("username", "display_name", "about_me", "language")})
    try:
        users.edit(request.db, request.user.id, **form.values, languages=request.app.languages.known)
    except Invalid as refusal:
        return edit(request, form=Form(form.values, refusal.errors), status=422)
    language = request.app.languages.get(form["language"]) or request.language
    request.visit.flash(language.say(Message("Your changes have been saved.")))
    return redirect(request.url_for("web.users.edit"))
