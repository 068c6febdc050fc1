"""Pages: templates filled with what every page shows."""

from functools import partial
from typing import TYPE_CHECKING, Any

from ...framework import filters
from ...framework.languages import Language
from ...framework.request import Request
from ...framework.response import CONTENT_SECURITY_POLICY, Response, redirect
from ...framework.templates import Macros, Templates
from ...framework.text import return_path
from .. import gravatars
from . import gaps
from .cards import Cards, Deck

if TYPE_CHECKING:
    from ...app import Application

TABS = {
    "home": "web.home.index",
    "explore": "web.explore.index",
    "messages": "web.messages.index",
    "notifications": "web.notifications.index",
    "login": "web.sessions.new",
}


def make_templates(app: "Application") -> Templates:
    """The application's templates, with everything in reach that holds for all pages."""
    url_for = app.urls.path

    def asset(name: str) -> str:
        return url_for("web.assets.show", fingerprint=app.assets.fingerprint, name=name)

    def profile_url(username: str) -> str:
        return url_for("web.users.show", username=username)

    avatar_url = partial(gravatars.avatar_url, app)

    def in_language(language: Language, macros: Macros) -> dict[str, Any]:
        cards = Cards(language, macros, avatar_url, profile_url)
        return {"post_cards": cards, "post_upper": cards.upper, "post_lower": cards.lower}

    return Templates(
        app.config.root / "templates",
        app.languages,
        reload=not app.config.is_production,
        names={
            "url_for": url_for,
            "link_to": lambda endpoint, **values: partial(url_for, endpoint, **values),
            "asset": asset,
            "avatar_url": avatar_url,
            "gap": gaps.gap,
            "csrf_token": partial(gaps.gap, "csrf_token"),
            "nonce": partial(gaps.gap, "nonce"),
        },
        filters={
            "instant": filters.instant,
            "rich_text": lambda post, places=None: filters.rich_text(post.body, post.mentions, profile_url, places),
            "marked": filters.marked,
        },
        kept={
            "icon": ("shared/icon.html", "icon"),
            "navigation": ("layout/navigation.html", "navigation"),
            "blank_saying": ("home/saying.html", "saying"),
        },
        settled=("url_for", "asset", "icon", "gap", "csrf_token", "nonce"),
        in_language=in_language,
    )


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page: the template with the reader, the sentences kept for this page, and the means to make forms."""
    templates, user, here = request.app.templates, request.user, request.here
    fillings = gaps.of(request, seen=values.get("seen"), looked_for=values.get("q", ""))
    values |= {
        "user": user,
        "here": here,
        "at": _tab(request),
        "config": request.app.config,
        "take_flashes": request.visit.take_flashes,
        "cards": Deck(templates.name(request.language, "post_cards"), user.id if user else 0, fillings),
    }
    page = gaps.complete(templates.render(request.language, template, values), fillings)
    with_gravatars = request.app.config.avatars == "gravatar"
    response = Response(gravatars.complete(request.db, page.decode()) if with_gravatars else page, status=status)
    if with_gravatars:
        response.headers["Content-Security-Policy"] = gravatars.allowed(CONTENT_SECURITY_POLICY)
    response.headers["Content-Language"] = request.language.code
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _tab(request: Request) -> str:
    """The tab of the bar that leads to this very page, or ''."""
    here, user = request.app.urls.mount + request.path, request.user
    if user and here == request.url_for("web.users.show", username=user.username):
        return "profile"
    return next((tab for tab, endpoint in TABS.items() if here == request.url_for(endpoint)), "")


def back_or(request: Request, fallback: str, *, place: str = "") -> Response:
    """On to the page the form names in `next`, or to another one; there to a place that has this id."""
    wanted = return_path(request.fields.get("next"), request.app.urls.mount) or fallback
    return redirect(f"{wanted.partition('#')[0]}#{place}" if place else wanted)
