"""People's pictures: shown to everybody, put up and taken down by each for themselves."""

from ...core import avatars
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.routing import public
from ...gateways import pictures
from . import identicons, users

LARGEST_BODY = 5 * 1024 * 1024  # bytes; a file up to here hears what is wrong with it, a larger one only a 413

REFUSALS = {
    "empty": Message("Please choose a picture first."),
    "large": Message("A picture may have 2 MB at most."),
    "kind": Message("A picture must be a PNG, JPEG, WebP or GIF."),
    "pixels": Message("A picture may have 16 megapixels at most, and 8192 pixels on each side."),
    "frames": Message("A moving picture may have 60 frames at most."),
    "broken": Message("This picture cannot be read. Please try another one."),
}


@public
def show(request: Request, user_id: int, version: int = 0) -> Response:
    """The picture a person has put up, or the one the server draws. What an address shows once it shows for good: who asks for
    a picture that has made way for another is sent there."""
    if not version:
        return Response(identicons.draw(f"user {user_id}"), mimetype="image/svg+xml")
    now = avatars.of(request.db, user_id)
    if now and now.version == version:
        return Response(now.picture, mimetype="image/webp")
    return redirect(request.url_for("web.avatars.show", user_id=user_id, version=now.version if now else None), 302)


def create(request: Request) -> Response:
    file = request.files.get("picture")
    try:
        picture = pictures.square(file.read(pictures.LARGEST_FILE + 1) if file else b"")
    except pictures.Unsuitable as refusal:
        return users.edit(request, picture_error=REFUSALS[refusal.reason], status=422)
    avatars.put(request.db, request.user.id, picture)
    request.visit.flash(request.say(Message("Your picture has been changed.")))
    return redirect(request.url_for("web.users.edit"))


def delete(request: Request) -> Response:
    avatars.remove(request.db, request.user.id)
    request.visit.flash(request.say(Message("Your picture has been removed.")))
    return redirect(request.url_for("web.users.edit"))
