"""What has happened to one's account: who came in, from where, and what was changed."""

from ...core import audit
from ...framework.languages import Message
from ...framework.request import Request
from ...framework.response import Response
from . import browsers, pages

SAID = {
    "registered": Message("You joined"),
    "logged_in": Message("Login"),
    "login_failed": Message("A login that failed"),
    "logged_out": Message("Logout"),
    "sessions_ended": Message("Other sessions were logged out"),
    "confirmed": Message("The password was shown again"),
    "confirmation_failed": Message("A wrong password was shown"),
    "password_changed": Message("The password was changed"),
    "email_changed": Message("The email address was changed"),
    "token_made": Message("A token for a program was made"),
    "token_revoked": Message("A program was logged out"),
    "tokens_revoked": Message("All programs were logged out"),
    "suspended": Message("The account was suspended"),
    "restored": Message("The suspension ended"),
    "promoted": Message("You became an administrator"),
    "demoted": Message("You are no administrator any more"),
}


def index(request: Request) -> Response:
    page = audit.of.page(request.db, request.cursor, request.app.config.posts_per_page, user_id=request.user.id)
    shown = [(entry, SAID[entry.event], *browsers.names(entry.user_agent)) for entry in page.items if entry.event in SAID]
    return pages.render(request, "activities/index.html", page=page, shown=shown)
